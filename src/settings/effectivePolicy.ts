import { mergePolicy, sayProblem, type EffectivePolicy } from './mergePolicy';
import type { PolicyFilesState } from './policyFiles';
import type { PolicyReading } from './policyLayer';

/** Everything that is put together to one policy. */
interface PolicyInputs {
  readonly files: PolicyFilesState;
  /** What the editor's settings and the session add. */
  readonly editor: readonly PolicyReading[];
  /** Hashes of the loosening contents that a person approved. */
  readonly consents: ReadonlySet<string>;
}

/** The policy of all places together, with everything that is wrong in any of them. */
export function effectivePolicy({ files, editor, consents }: PolicyInputs): EffectivePolicy {
  const layers = [
    ...files.layers,
    ...editor.flatMap(reading => (reading.ok ? reading.layer : (reading.kept ?? []))),
  ];
  const merged = mergePolicy(layers, { consents });
  const editorProblems = editor.flatMap(({ problems }) => problems);
  const unknown = editor.filter(reading => !reading.ok && !reading.kept);
  const unusable =
    files.unusable ??
    unknown.flatMap(({ problems }) => problems).find(({ severity }) => severity === 'error');
  return {
    ...merged,
    policy: unusable ? { ...merged.policy, blockedBecause: sayProblem(unusable) } : merged.policy,
    problems: [...files.problems, ...editorProblems, ...merged.problems],
  };
}

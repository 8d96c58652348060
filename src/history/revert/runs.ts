import { type FileState, sameState } from '../fileState';
import type { Transition } from '../timeline';

/** Changes of one file that followed on each other, with nothing of anyone else between them. */
export interface Run {
  readonly before: FileState;
  readonly after: FileState;
}

/** Puts the changes of one file, oldest first, together to runs. */
export function runsOf(changes: readonly Pick<Transition, 'pre' | 'post'>[]): Run[] {
  const runs: Run[] = [];
  for (const { pre, post } of changes) {
    const last = runs.at(-1);
    if (last && sameState(last.after, pre)) {
      runs[runs.length - 1] = { before: last.before, after: post };
    } else runs.push({ before: pre, after: post });
  }
  return runs;
}

/** The bytes of a state for comparing by lines: none for what is absent. */
export function contentOf(
  state: FileState,
  bytesOf: (hash: string) => Buffer | undefined,
): Buffer | undefined {
  if (state.kind === 'absent') return Buffer.alloc(0);
  return state.kind === 'file' ? bytesOf(state.hash) : undefined;
}

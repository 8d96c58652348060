import type { CommandContext } from '../commandVerdict';
import { pathsOf } from '../namedPaths';
import type { Word } from '../script';
import { derived, isFlag } from '../writeArguments';
import { isInside } from '../../paths';

/** A folder outside the workspace that a container would see. */
export function riskyMount(
  name: string,
  open: readonly Word[],
  context: CommandContext,
  cwds: readonly string[] | undefined,
): Word | undefined {
  if (name !== 'docker' && name !== 'podman') return undefined;
  return open.find((word, index) => {
    const flag = open[index - 1]?.value ?? '';
    const attached = /^(?:-[a-zA-Z]*v=?|--volume=|--mount=)(.+)$/s.exec(word.value)?.[1];
    const spec = /^(?:-[a-zA-Z]*v|--volume|--mount)$/.test(flag) ? word.value : attached;
    if (spec === undefined) return false;
    const source = /(?:^|,)(?:source|src)=([^,]*)/.exec(spec)?.[1] ?? spec.split(':', 1)[0] ?? '';
    if (/^[A-Za-z0-9][\w.-]*$/.test(source) || spec.includes('type=volume')) return false;
    return leaves(derived(word, source), context, cwds);
  });
}

/** Programs that run what a project folder says, and the options that name another folder. */
const PROJECT_TOOL = /^(?:npm|pnpm|yarn|bun|make|gmake|cargo|just|task|gradle|mvn|composer|cmake)$/;
const PROJECT_FOLDER =
  /^(?:--(?:prefix?|prefi|dir|cwd|directory|file|makefile|manifest-path|justfile|project-dir)(?:=(.*))?|-[CfpB]=?(.*))$/s;
/** make takes letters before it, and the beginning of a long name. */
const MAKE_FOLDER = /^(?:--(?:d[a-z]*|fi[a-z]*|m[a-z]*)(?:=(.*))?|-[a-zA-Z]*?[Cf](.*))$/s;

/** A project outside the workspace: its scripts are not the ones the pattern was meant for. */
export function riskyFolder(
  name: string,
  open: readonly Word[],
  context: CommandContext,
  cwds: readonly string[] | undefined,
): Word | undefined {
  if (!PROJECT_TOOL.test(name)) return undefined;
  const option = name === 'make' || name === 'gmake' ? MAKE_FOLDER : PROJECT_FOLDER;
  /** True for an option whose value is the next argument. */
  const named = (text: string): boolean => {
    const match = option.exec(text);
    return match !== null && (match[1] ?? match[2] ?? '') === '' && !text.includes('=');
  };
  return open.find((word, index) => {
    const match = option.exec(word.value);
    const attached = match?.[1] ?? match?.[2] ?? '';
    const isValue = named(open[index - 1]?.value ?? '') && !isFlag(word);
    const folder = attached === '' && isValue ? word.value : attached;
    if (folder === '') return false;
    // A makefile that is read from a pipe is written in the line.
    if (folder === '-') return true;
    return leaves(derived(word, folder), context, cwds);
  });
}

/** True for a path outside the workspace, or one that cannot be told. */
function leaves(word: Word, context: CommandContext, cwds: readonly string[] | undefined): boolean {
  const paths = pathsOf(word, context, cwds);
  return !paths?.every(path => isInside(path, context.roots));
}

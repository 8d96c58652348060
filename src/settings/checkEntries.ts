import { parsePattern } from '../policy/commands/patternMatch';
import { patternOfToolEntry } from '../policy/commands/trustedPatterns';
import { namesOnePlace, pathGlobProblem } from '../policy/pathGlobs';
import { TOOL_NAMES } from '../policy/toolNames';
import { nearestName } from './nearestName';
import { lineOf, type PolicyLayer, type PolicyProblem } from './policyLayer';
import type { PolicyKey } from './policySchema';

/** Keys whose values are lists of texts. */
export type ListKey =
  | 'trustedCommands'
  | 'deniedCommands'
  | 'trustedTools'
  | 'untrustedTools'
  | 'excludeTools'
  | 'coreTools'
  | 'protectedPaths'
  | 'secretPaths'
  | 'allowedPaths'
  | 'neverList';

/** What is wrong with an entry, and whether it is left out or only looks wrong. */
interface EntryFault {
  readonly message: string;
  readonly counts: boolean;
}

/** Keys that only ever let more pass. An entry of another key that cannot count voids its place. */
const LOOSENING: ReadonlySet<PolicyKey> = new Set([
  'trustedCommands',
  'trustedTools',
  'allowedPaths',
]);

/** The entries of a list that count, with their places, and what is wrong with the others. */
export interface CheckedEntries {
  readonly entries: readonly { readonly text: string; readonly index: number }[];
  readonly problems: readonly PolicyProblem[];
}

/** Looks at each entry of a list: does it mean anything, and may it stand in a policy? */
export function checkEntries(layer: PolicyLayer, key: ListKey): CheckedEntries {
  const entries: { text: string; index: number }[] = [];
  const problems: PolicyProblem[] = [];
  (layer.values[key] ?? []).forEach((text, index) => {
    const fault = faultOf(key, text);
    if (!fault || fault.counts) entries.push({ text, index });
    if (!fault) return;
    const line = lineOf(layer, key, index);
    problems.push({
      file: layer.file,
      ...(line !== undefined && { line }),
      message: `${key}: ${fault.message}`,
      severity: fault.counts || LOOSENING.has(key) ? 'warning' : 'error',
    });
  });
  return { entries, problems };
}

function faultOf(key: ListKey, text: string): EntryFault | undefined {
  switch (key) {
    case 'trustedCommands':
      return text.trim() === '' ? EMPTY : undefined;
    case 'deniedCommands':
    case 'neverList':
      return text.trim() === '' ? EMPTY : commandFault(key, text);
    case 'protectedPaths':
    case 'secretPaths':
      return globFault(text);
    case 'allowedPaths':
      return globFault(text) ?? placeFault(text);
    default:
      return toolFault(key, text);
  }
}

const EMPTY: EntryFault = { message: 'an empty pattern', counts: false };

/** A pattern that stands for more than one command matches none: nobody may rely on it. */
function commandFault(key: ListKey, text: string): EntryFault | undefined {
  if (parsePattern(text, 'bash').words !== undefined) return undefined;
  // Denied lines are also compared as they stand.
  if (key === 'deniedCommands' && !/\*\s*$/.test(text)) return undefined;
  const message = `${JSON.stringify(text.slice(0, 80))} is more than one command, so it matches none: give each its own entry`;
  return { message, counts: false };
}

function globFault(text: string): EntryFault | undefined {
  const problem = pathGlobProblem(text);
  return problem === undefined
    ? undefined
    : { message: `${JSON.stringify(text)} cannot be used: ${problem}`, counts: false };
}

function placeFault(text: string): EntryFault | undefined {
  if (namesOnePlace(text)) return undefined;
  const message = `${JSON.stringify(text)} must name one place, as "/data/**" or "~/notes" do; it does not count`;
  return { message, counts: false };
}

const MAX_TOOL_NAME = 300;

function toolFault(key: ListKey, text: string): EntryFault | undefined {
  const pattern = patternOfToolEntry(text);
  const shown = JSON.stringify(text.slice(0, 80));
  if (pattern !== undefined) {
    return key === 'untrustedTools'
      ? { message: `${shown}: put commands that always ask into "neverList"`, counts: false }
      : undefined;
  }
  const stars = text.match(/\*/g)?.length ?? 0;
  if (text.trim() === '' || text.length > MAX_TOOL_NAME || stars > 4 || /[()[\]{}]/.test(text)) {
    return { message: `${shown} names no tool`, counts: false };
  }
  if (/[/@*?]|^mcp_/i.test(text) || TOOL_NAMES.includes(text.trim().toLowerCase()))
    return undefined;
  const near = nearestName(text, TOOL_NAMES);
  if (near === undefined) return undefined;
  return {
    message: `no agent has a tool ${shown}: did you mean ${JSON.stringify(near)}?`,
    counts: true,
  };
}

import type { ToolCall } from '../policy/toolCall';

/** Tools that remove what they name. */
const DELETES = new Set(['delete_file']);
/** Tools that add to the end of a file. */
const APPENDS = new Set(['fs_append']);

/** True for a file tool that removes files. */
export function isDeletion({ tool, capability }: ToolCall): boolean {
  return capability === 'write' && DELETES.has(tool);
}

/**
 * What a file tool would make of the one file it names, from the fields that agents use for it;
 * undefined when that cannot be told. For people to look at: what is decided does not depend on it.
 */
export function proposedText(call: ToolCall, current: string): string | undefined {
  const { capability, paths, input, tool } = call;
  if (capability !== 'write' || paths?.length !== 1 || isDeletion(call)) return undefined;
  const old = text(input, ['oldStr', 'old_str', 'old_string']);
  const fresh = text(input, ['newStr', 'new_str', 'new_string']);
  const whole = text(input, ['text', 'content', 'file_text']);
  const { command } = input;
  if (command === 'append') return fresh === undefined ? undefined : current + fresh;
  if (command === 'insert') return inserted(current, input['insert_line'], fresh);
  if (old !== undefined && fresh !== undefined) return replaced(current, old, fresh, input);
  if (whole === undefined) return undefined;
  return APPENDS.has(tool) ? current + whole : whole;
}

function text(input: ToolCall['input'], fields: readonly string[]): string | undefined {
  return fields.map(field => input[field]).find(value => typeof value === 'string');
}

function replaced(
  current: string,
  old: string,
  fresh: string,
  input: ToolCall['input'],
): string | undefined {
  if (old === '') return current === '' ? fresh : undefined;
  if (!current.includes(old)) return undefined;
  const expected = input['expected_replacements'];
  const all =
    input['replace_all'] === true ||
    input['allow_multiple'] === true ||
    (typeof expected === 'number' && expected > 1);
  const parts = current.split(old);
  if (all) return parts.join(fresh);
  return [parts[0], parts.slice(1).join(old)].join(fresh);
}

function inserted(current: string, line: unknown, fresh: string | undefined): string | undefined {
  if (typeof line !== 'number' || fresh === undefined) return undefined;
  const lines = current.split('\n');
  return [...lines.slice(0, line), fresh.replace(/\n$/, ''), ...lines.slice(line)].join('\n');
}

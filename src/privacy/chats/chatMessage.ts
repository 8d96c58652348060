import type { ChatRecord } from './readRecords';

/** What a record says, as far as its form is known. */
export interface ChatMessage {
  /** Who says it: `user`, `assistant`, `tool`, or the word that the record itself uses. */
  readonly role?: string;
  /** When, as the record has it. */
  readonly time?: string;
  readonly text: string;
}

const ROLES: Readonly<Record<string, string>> = {
  human: 'user',
  prompt: 'user',
  bot: 'assistant',
  assistantmessage: 'assistant',
  toolresults: 'tool',
};

/** Keys that hold what was said, in the forms of the different versions. */
const TEXT_KEYS = [
  ...(['text', 'content', 'message', 'data', 'parts', 'prompt', 'response'] as const),
  // In the database of Kiro CLI the kind of what was said is a key of its own.
  ...(['Prompt', 'Response', 'ToolUse', 'ToolUseResults', 'CancelledToolUses'] as const),
  ...(['tool_use_results', 'Text'] as const),
];
const MAX_DEPTH = 12;

/** Reads a record of any version; one of an unknown form says its JSON. */
export function readMessage({ value, raw }: ChatRecord): ChatMessage {
  if (raw !== undefined) return { text: raw };
  const role = firstText(value, ['role', 'kind', 'type', 'author'], 2);
  const time = firstText(value, ['timestamp', 'time', 'createdAt', 'created_at'], 2);
  const texts = gather(value, 0);
  return {
    ...(role !== undefined && { role: ROLES[role.toLowerCase()] ?? role }),
    ...(time !== undefined && { time }),
    text: texts.length > 0 ? texts.join('\n') : JSON.stringify(value, undefined, 2),
  };
}

function firstText(value: unknown, keys: readonly string[], depth: number): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const record = value as Record<string, unknown>;
  for (const key of keys) {
    const found = record[key];
    if (typeof found === 'string' || typeof found === 'number') return String(found).slice(0, 60);
  }
  return depth > 0 ? firstText(record['message'] ?? record['data'], keys, depth - 1) : undefined;
}

function gather(value: unknown, depth: number): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return [];
  if (Array.isArray(value)) return value.flatMap(entry => gather(entry, depth + 1));
  const record = value as Record<string, unknown>;
  return TEXT_KEYS.flatMap(key => gather(record[key], depth + 1));
}

import { fenced } from '../markdownText';
import { maskSecrets, maskValue } from '../secrets';
import { readMessage } from './chatMessage';
import type { ChatSession } from './chatSession';
import type { ChatRecord } from './readRecords';
import { sessionRecords } from './sessionRecords';

export type ExportFormat = 'markdown' | 'json';

/**
 * A chat as text to be written out, piece by piece, with secrets hidden. Records that do not parse
 * are kept as they stand and counted at the end.
 */
export async function* exportChat(
  session: ChatSession,
  format: ExportFormat,
): AsyncIterable<string> {
  const records = sessionRecords(session);
  yield* format === 'json' ? toJson(session, records) : toMarkdown(session, records);
}

async function* toJson(
  session: ChatSession,
  records: AsyncIterable<ChatRecord>,
): AsyncIterable<string> {
  yield `{"session":${JSON.stringify(maskValue(session))},"records":[`;
  let malformed = 0;
  let separator = '\n';
  for await (const { index, key, value, raw, fault } of records) {
    if (fault !== undefined) malformed += 1;
    const content =
      fault === undefined ? { value: maskValue(value) } : { fault, raw: maskSecrets(raw ?? '') };
    yield separator + JSON.stringify({ index, ...(key !== undefined && { key }), ...content });
    separator = ',\n';
  }
  yield `\n],"malformed":${malformed}}\n`;
}

async function* toMarkdown(
  session: ChatSession,
  records: AsyncIterable<ChatRecord>,
): AsyncIterable<string> {
  const title = oneLine(session.title ?? session.id);
  yield `# ${title}\n\n${session.product}, ${session.modified}\n\n${fenced(session.file)}`;
  let malformed = 0;
  for await (const record of records) {
    if (record.fault !== undefined) malformed += 1;
    yield sayRecord(record);
  }
  yield `\n---\n\nRecords that could not be read, and are given as they stand: ${malformed}\n`;
}

function sayRecord(record: ChatRecord): string {
  const { index, key, fault } = record;
  const { role, time, text } = readMessage(record);
  if (fault !== undefined) {
    return `\n## ${index}. Malformed: ${fault}\n\n${fenced(maskSecrets(text))}`;
  }
  if (role === undefined) {
    const json = JSON.stringify(maskValue(record.value), undefined, 2);
    return `\n## ${index}. ${oneLine(key ?? 'Record')}\n\n${fenced(json)}`;
  }
  const when = time === undefined ? '' : ` (${oneLine(time)})`;
  return `\n## ${index}. ${oneLine(role)}${when}\n\n${maskSecrets(text)}\n`;
}

function oneLine(text: string): string {
  return maskSecrets(text).replace(/\s+/g, ' ').trim();
}

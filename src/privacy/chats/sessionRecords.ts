import { readRow } from './chatDatabase';
import type { ChatSession } from './chatSession';
import { readRecords, type ChatRecord } from './readRecords';

/** The records of a chat, one by one, wherever it lies. Throws when it cannot be read. */
export async function* sessionRecords({ file, row }: ChatSession): AsyncIterable<ChatRecord> {
  yield* row === undefined ? readRecords(file) : readRow(file, row);
}

import { lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppendFile, type DiskCalls, orFull, syncFolder } from './appendFile';
import { isWriterName, type ProcessTable, type WriterName } from './processTable';

const TEMPORARY = /^tmp-(.+)$/;
/** No collection takes this long. */
const MAX_AGE = 3_600_000;

/** Writes a file whole under a temporary name, then gives it its own; durable when it returns. */
export function writeWhole(
  folder: string,
  name: string,
  { writer, disk }: { writer: WriterName; disk: DiskCalls },
  write: (file: AppendFile) => void,
): void {
  const temporary = join(folder, `tmp-${writer}`);
  const file = AppendFile.create(temporary, disk);
  try {
    try {
      write(file);
      file.sync();
    } finally {
      file.close();
    }
    orFull(() => renameSync(temporary, join(folder, name)));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

/** Removes what collections that were cut short have left. */
export function removeTemporary(folder: string, processes: ProcessTable, now: number): void {
  for (const name of readdirSync(folder)) {
    const [, writer] = TEMPORARY.exec(name) ?? [];
    if (writer === undefined) continue;
    const path = join(folder, name);
    const changed = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const isDead = isWriterName(writer) && processes.livenessOf(writer) === 'dead';
    if (isDead || Math.abs(now - changed) > MAX_AGE) rmSync(path, { force: true });
  }
}

import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { idOf, inOrder } from './eventLog';
import type { EventId, Thinned } from './historyStore';
import { JOURNAL_SUFFIX, type JournalFile } from './journalFiles';
import { encodeLine, type Envelope } from './journalLine';
import type { StoreParts } from './storeParts';
import { writeWhole } from './temporaryFiles';
import { lossOf } from './verify';

/** Journals are put together up to this size and number. */
const GROUP_BYTES = 8 * 2 ** 20;
const GROUP_FILES = 1000;
/** As many journals of ended processes are left alone. */
const FEW_FILES = 16;

type ThinPlan = ReadonlyMap<EventId, Thinned>;

export interface ThinReport {
  dropped: number;
  condensed: number;
  busy: number;
}

/** Rewrites the journals that hold events of the plan, and puts many small journals together. */
export function thinJournals(parts: StoreParts, plan: ThinPlan): ThinReport {
  const { journals, journalWriter, claims } = parts;
  journalWriter.finish();
  journals.refresh();
  for (const name of journals.replaced) rmSync(join(parts.folders.journal, name), { force: true });
  journals.refresh();
  const free = journals.all.filter(file => file.frozen || file.writer === claims.self);
  const few = free.filter(({ size }) => size < GROUP_BYTES).length <= FEW_FILES;
  const sources = free.filter(
    file => (!few && file.size < GROUP_BYTES) || file.entries.some(entry => plan.has(idOf(entry))),
  );
  const isFree = new Set(free);
  const busyFiles = journals.all.filter(file => !isFree.has(file));
  const report = { dropped: 0, condensed: 0, busy: 0 };
  for (const { entries } of busyFiles) {
    report.busy += entries.filter(entry => plan.has(idOf(entry))).length;
  }
  for (const group of groups(sources)) rewrite(parts, group, plan, report);
  journals.refresh();
  return report;
}

function groups(files: readonly JournalFile[]): JournalFile[][] {
  const result: JournalFile[][] = [];
  let size = Infinity;
  for (const file of files) {
    const last = result.at(-1);
    if (last && last.length < GROUP_FILES && size + file.size <= GROUP_BYTES) {
      last.push(file);
      size += file.size;
    } else {
      result.push([file]);
      size = file.size;
    }
  }
  return result;
}

function rewrite(
  parts: StoreParts,
  sources: readonly JournalFile[],
  plan: ThinPlan,
  report: ThinReport,
): void {
  const kept: Envelope[] = [];
  for (const entry of sources.flatMap(({ entries }) => entries)) {
    const thinned = plan.get(idOf(entry));
    if (thinned === undefined) kept.push(entry);
    else if (thinned === 'drop') report.dropped += 1;
    else {
      report.condensed += 1;
      const { v, t, writer, n } = entry;
      // What was lost before cannot be kept: it must not keep a clean-up from going on.
      const refs = thinned.refs.filter(hash => !lossOf(parts.index, hash));
      kept.push({ v, t, writer, n, ...parts.log.bodyOf(thinned.event, refs) });
    }
  }
  const folder = parts.folders.journal;
  if (kept.length > 0) {
    parts.contents.sync();
    const names = sources.map(({ name }) => name);
    const owner = { writer: parts.claims.self, disk: parts.disk };
    const name = `kept-${randomBytes(8).toString('hex')}${JOURNAL_SUFFIX}`;
    writeWhole(folder, name, owner, file => {
      // From the moment this file has its name, its sources count no more.
      file.append(encodeLine({ v: 1, replaces: names }));
      for (const entry of kept.sort(inOrder)) file.append(encodeLine(entry));
    });
  }
  for (const { name } of sources) rmSync(join(folder, name), { force: true });
}

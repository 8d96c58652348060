import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HistoryStore } from '../../src/history/store/historyStore';
import { openHistoryStore } from '../../src/history/store/openHistoryStore';
import { seededRandom } from '../fuzz/generateLine';
import { killed } from './kill';
import { crashProgram } from './program';

const KILLS = Number(process.env['CHECKREIN_CRASH_KILLS'] ?? 240);
const SEED = Number(process.env['CHECKREIN_CRASH_SEED'] ?? 20261121);
/** So many processes use one store at a time. */
const USERS = 2;

const built = crashProgram('storeUser');

interface Acknowledged {
  readonly id: string;
  readonly refs: readonly string[];
}

/** Whole lines only: what was being written at the end was not acknowledged. */
function readAcks(file: string): Acknowledged[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map(line => {
    const [id = '', ...refs] = line.split(' ').filter(Boolean);
    return { id, refs };
  });
}

/** Fails with the first thing that was acknowledged and is not there. */
function checkAll(store: HistoryStore, acknowledged: readonly Acknowledged[]): void {
  const events = new Map(store.events().map(event => [event.id, event]));
  for (const { id, refs } of acknowledged) {
    expect(events.get(id)?.refs, id).toEqual([...new Set(refs)]);
    for (const hash of refs) store.get(hash);
  }
}

function leftovers(folder: string): string[] {
  const names = (part: string): string[] =>
    existsSync(join(folder, part)) ? readdirSync(join(folder, part)) : [];
  return [
    ...names('claims'),
    ...names('packs').filter(name => !name.endsWith('.kzp')),
    ...names('journal').filter(name => !name.endsWith('.jsonl')),
  ];
}

describe('a history store whose users are killed', () => {
  it(
    `loses nothing it acknowledged and keeps no locks (${KILLS} kills, seed ${SEED})`,
    { timeout: 60_000 + KILLS * 1500 },
    async () => {
      const below = seededRandom(SEED);
      const folder = join(built.scratch, 'store');
      const all: Acknowledged[] = [];
      const tally = { kills: 0, inWrite: 0, inCollection: 0, torn: 0 };
      for (let round = 0; tally.kills < KILLS; round += 1) {
        const files = Array.from({ length: USERS }, (_, at) => join(built.scratch, `acks-${at}`));
        const ended = files.map(async file => {
          const inWrite = below(10) < 4;
          // Half of them by the clock, the others in the middle of a write.
          const calls = inWrite ? 1 + below(200) : 0;
          const seed = String(below(2 ** 31));
          const wait = below(200);
          const child = spawn(process.execPath, [built.program, folder, file, seed, String(calls)]);
          const signal = await killed(child, inWrite ? 30_000 : wait);
          expect(signal).toBe('SIGKILL');
          tally.kills += 1;
          if (inWrite) tally.inWrite += 1;
        });
        await Promise.all(ended);
        const fresh = files.flatMap(readAcks);
        all.push(...fresh);
        // The first users may have been killed before they had made the folder.
        const claims = leftovers(folder);
        tally.inCollection += claims.filter(name => name.startsWith('collect@')).length;
        const store = openHistoryStore(folder);
        expect(leftovers(folder)).toEqual([]);
        checkAll(store, round % 20 === 0 ? all : fresh);
        store.close();
      }
      const store = openHistoryStore(folder);
      checkAll(store, all);
      const report = store.verify();
      expect(report.lost).toEqual([]);
      tally.torn = report.torn.length;
      store.close();
      console.log({ ...tally, acknowledged: all.length, contents: report.contents });
      expect(all.length).toBeGreaterThan(KILLS);
      expect(tally.inCollection).toBeGreaterThan(KILLS / 40);
    },
  );
});

import { spawn } from 'node:child_process';
import { linkSync, readdirSync, readFileSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRoot } from '../../src/history/openRoot';
import { parseHistoryEvent } from '../../src/history/historyEvents';
import { openHistoryStore } from '../../src/history/store/openHistoryStore';
import { seededRandom } from '../fuzz/generateLine';
import { Headless } from '../history/headless';
import { killed } from './kill';
import { FILES, LARGE, versionOf } from './restoredFiles';
import { crashProgram } from './program';

const KILLS = Number(process.env['CHECKREIN_CRASH_KILLS'] ?? 100);
const SEED = Number(process.env['CHECKREIN_CRASH_SEED'] ?? 20261121);

const built = crashProgram('historyUser');

/** What a restore was about to do when its process was killed: by path, the state it wanted. */
function unfinished(store: string): Map<string, { kind: string; hash?: string }> {
  const events = openHistoryStore(store);
  const wanted = new Map<string, { kind: string; hash?: string }>();
  const ended = new Set<string>();
  const parsed = events.events().flatMap(({ event }) => parseHistoryEvent(event) ?? []);
  for (const event of parsed) if (event.type === 'restore-end') ended.add(event.restore);
  for (const event of parsed) {
    if (event.type !== 'restore' || ended.has(event.restore)) continue;
    for (const { path, to } of event.actions) wanted.set(path, to);
  }
  events.close();
  return wanted;
}

/** So many processes work on one workspace, one after the other, before a new one is made. */
const IN_A_ROW = 8;

interface Tally {
  kills: number;
  atCall: number;
  inRestore: number;
  halfWritten: number;
}

/** Processes that are killed one after the other on one workspace; after each, all must be well. */
async function killInARow(below: (limit: number) => number, tally: Tally): Promise<void> {
  const box = new Headless();
  const phase = join(box.base, 'phase');
  for (const file of ALL) box.write(file, versionOf(file, 0));
  linkSync(join(box.root, LARGE), join(box.base, 'second-name'));
  box.commit();
  const repository = box.repository();
  const before = box.everything();
  for (let kill = 0; kill < IN_A_ROW; kill += 1) {
    const calls = below(10) < 6 ? 1 + below(150) : 0;
    const args = [built.program, box.root, box.store, phase, String(below(2 ** 31)), String(calls)];
    writeFileSync(phase, 'history');
    const child = spawn(process.execPath, args, { env: box.env });
    expect(await killed(child, calls > 0 ? 30_000 : below(250))).toBe('SIGKILL');
    tally.kills += 1;
    if (calls > 0) tally.atCall += 1;

    const wanted = unfinished(box.store);
    if (wanted.size > 0) tally.inRestore += 1;
    const inAgent = readFileSync(phase, 'utf8') !== 'history';
    if (!inAgent && box.has(LARGE) && !isWhole(LARGE, box.read(LARGE))) tally.halfWritten += 1;
    const open = await openRoot({
      root: box.root,
      storeFolder: box.store,
      trusted: true,
      env: box.env,
      workspaceRoots: [box.root],
    });
    for (const [path, to] of wanted) {
      const there = open.history.capture.reader.read(path).state;
      expect([path, there.kind, there.kind === 'file' && there.hash]).toEqual([
        path,
        to.kind,
        to.hash ?? false,
      ]);
    }
    for (const file of ALL) {
      if (inAgent || !box.has(file)) continue;
      expect([file, isWhole(file, box.read(file))]).toEqual([file, true]);
    }
    expect(leftovers(box.root)).toEqual([]);
    // Whatever happened: everything the agent did can be taken back.
    const { files } = await open.restore.undo({ turn: 'all' });
    expect(files.filter(({ result }) => result === 'kept' || result === 'skipped')).toEqual([]);
    for (const { id } of open.history.records.timeline.openTurns) await open.history.turnEnd(id);
    expect(Object.keys(box.everything())).toEqual(Object.keys(before));
    for (const file of ALL)
      expect([file, box.read(file) === versionOf(file, 0)]).toEqual([file, true]);
    open.close();
  }
  const { verify, close } = storeOf(box);
  expect(verify.lost).toEqual([]);
  close();
  expect(box.repository()).toBe(repository);
  expect(readFileSync(join(box.base, 'second-name'), 'latin1') === versionOf(LARGE, 0)).toBe(true);
  box.dispose();
}

const ALL = [...FILES, LARGE];

function storeOf(box: Headless) {
  const store = openHistoryStore(box.store);
  return { verify: store.verify(), close: () => store.close() };
}

describe('a process that captures and restores', () => {
  it(
    `leaves no wrong file and no temporary one, wherever it is killed (${KILLS} kills, seed ${SEED})`,
    { timeout: 60_000 + KILLS * 2000 },
    async () => {
      const below = seededRandom(SEED);
      const tally = { kills: 0, atCall: 0, inRestore: 0, halfWritten: 0 };
      while (tally.kills < KILLS) await killInARow(below, tally);
      console.log(tally);
      expect(tally.inRestore).toBeGreaterThan(KILLS / 10);
    },
  );
});

function isWhole(file: string, content: string): boolean {
  const version = Number(/^version (\d+) /.exec(content)?.[1] ?? 0);
  return content === versionOf(file, version);
}

function leftovers(root: string): string[] {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return names.filter(name => name.includes('.checkrein-') || name.endsWith('.lock'));
}

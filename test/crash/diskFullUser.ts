// One process that fills a small disk: `node diskFullUser.js DISK WORK PHASE`. It leaves the disk no
// room, then a page, then two and so on, until PHASE of the history finds all the room it needs.
// Whatever the room: nothing that stood is lost or torn, and with room again all goes on.
// Prints, as JSON, what was said for each room.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenRoot } from '../../src/history/openRoot';
import { openRoot } from '../../src/history/openRoot';
import { thinOldTurns } from '../../src/history/retention';
import { realDisk } from '../../src/history/store/appendFile';
import { StoreFull } from '../../src/history/store/historyStore';

/** What one try with little room did. */
interface Said {
  readonly room: number;
  /** Empty when everything was done. */
  readonly words: readonly string[];
}

const [disk = '', work = '', phase = ''] = process.argv.slice(2);
const PAGE = statfsSync(disk).bsize;
const MOST = 200;
const FILES = Array.from({ length: 40 }, (_, index) => `${index % 2 ? 'src/' : ''}f${index}.bin`);
const MADE = 'src/made.bin';

/** Bytes that do not shrink: about 1.6 KB. */
function bytesOf(file: string, version: number): Buffer {
  const parts = Array.from({ length: 50 + (FILES.indexOf(file) % 5) }, (_, index) =>
    createHash('sha256').update(`${file} ${version} ${index}`).digest(),
  );
  return Buffer.concat(parts);
}

const ballast = join(disk, 'ballast');

/** Leaves so many bytes. */
function fill(room: number): void {
  const { bavail } = statfsSync(disk);
  writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * PAGE - room)));
}

class Place {
  readonly root: string;
  readonly store: string;
  readonly #repository: string;

  constructor(name: string) {
    const onDisk = join(disk, name);
    const beside = join(work, name);
    [this.root, this.store] = phase === 'workspace' ? [onDisk, beside] : [beside, onDisk];
    mkdirSync(join(this.root, 'src'), { recursive: true });
    for (const file of FILES.slice(5)) writeFileSync(join(this.root, file), bytesOf(file, 0));
    const git = (...args: string[]): unknown => execFileSync('git', args, { cwd: this.root });
    git('init', '-q', '.');
    git('add', '-A');
    git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-qm', 'first');
    this.#repository = this.#repositoryNow();
    // What no commit has, the first checkpoint keeps.
    for (const file of FILES.slice(0, 5)) writeFileSync(join(this.root, file), bytesOf(file, 0));
  }

  open(): Promise<OpenRoot> {
    return openRoot({
      root: this.root,
      storeFolder: this.store,
      trusted: true,
      env: process.env,
      workspaceRoots: [this.root],
      // The share of the disk that the history allows itself must not be what stops it.
      storeOptions: { disk: { ...realDisk, freeBytes: () => 2 ** 40 } },
    });
  }

  agentWrites(version: number): void {
    for (const file of FILES) writeFileSync(join(this.root, file), bytesOf(file, version));
    writeFileSync(join(this.root, MADE), bytesOf(MADE, version));
  }

  /** Every file is whole, of one of these versions; nothing else lies about. */
  assertWhole(...versions: readonly number[]): void {
    const names = readdirSync(this.root, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && !entry.parentPath.includes('.git'))
      .map(({ parentPath, name }) => join(parentPath, name).slice(this.root.length + 1));
    for (const name of names) {
      assert(FILES.includes(name) || name === MADE, `${name} lies about`);
      const there = readFileSync(join(this.root, name));
      assert(
        versions.some(version => there.equals(bytesOf(name, version))),
        `${name} is torn`,
      );
    }
    for (const file of FILES) assert(names.includes(file), `${file} is gone`);
    assert.equal(this.#repositoryNow(), this.#repository);
  }

  remove(): void {
    for (const folder of [this.root, this.store]) rmSync(folder, { recursive: true, force: true });
  }

  #repositoryNow(): string {
    const hash = createHash('sha256');
    const folder = join(this.root, '.git');
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const place = join(entry.parentPath, entry.name);
      hash.update(place);
      if (entry.isFile()) hash.update(readFileSync(place));
    }
    return hash.digest('hex');
  }
}

async function turn(open: OpenRoot, place: Place, id: string, version: number): Promise<string[]> {
  const begun = await open.history.promptStart({ turn: id, session: 's', whole: true });
  place.agentWrites(version);
  const ended = await open.history.turnEnd(id);
  return [...begun.problems, ...ended.problems];
}

/** Takes a whole turn back, with all the room it needs. */
async function comesBack(open: OpenRoot, place: Place, id: string, version: number): Promise<void> {
  const { files, refused } = await open.restore.undo({ turn: id });
  assert.equal(refused, undefined);
  assert.deepEqual(
    files.filter(({ result }) => result === 'kept' || result === 'skipped'),
    [],
  );
  place.assertWhole(version);
  assert.deepEqual(open.store.verify().lost, []);
}

type Phase = (place: Place, room: () => void) => Promise<string[]>;

const PHASES: Readonly<Record<string, Phase>> = {
  /** The first checkpoint of a folder, and opening its history. */
  async first(place, limit) {
    limit();
    const open = await place.open();
    const words = [
      ...(await open.history.promptStart({ turn: 'a', session: 's', whole: true })).problems,
    ];
    place.assertWhole(0);
    free();
    assert.deepEqual(await turn(open, place, 'b', 1), []);
    await comesBack(open, place, 'b', 0);
    open.close();
    return words;
  },

  /** The end of a turn, where what the agent changed is found and kept. */
  async end(place, limit) {
    const open = await place.open();
    assert.deepEqual(await turn(open, place, 'a', 1), []);
    await open.history.promptStart({ turn: 'b', session: 's', whole: true });
    place.agentWrites(2);
    limit();
    const words = [...(await open.history.turnEnd('b')).problems];
    place.assertWhole(2);
    free();
    await open.history.lookNow();
    const next = await reopened(open, place);
    assert.deepEqual(await turn(next, place, 'c', 3), []);
    await comesBack(next, place, 'c', 2);
    if (words.length === 0) await comesBack(next, place, 'b', 1);
    next.close();
    return words;
  },

  /** A tool call whose paths are named. */
  async call(place, limit) {
    const open = await place.open();
    await open.history.promptStart({ turn: 'a', session: 's', whole: false });
    limit();
    const call = { call: 'c', session: 's', turn: 'a', tool: 'edit', kind: 'file' as const };
    const words = [...(await open.history.beforeTool({ ...call, paths: FILES })).problems];
    for (const file of FILES) writeFileSync(join(place.root, file), bytesOf(file, 1));
    words.push(...(await open.history.afterTool('c')).problems);
    place.assertWhole(1);
    free();
    await open.history.turnEnd('a');
    const next = await reopened(open, place);
    if (words.length === 0) await comesBack(next, place, 'a', 0);
    next.close();
    return words;
  },

  restore: restored,
  /** The same where the files lie on the full disk. */
  workspace: restored,

  /** Dropping all old turns and freeing what they alone held. */
  async collection(place, limit) {
    const open = await place.open();
    for (let version = 1; version <= 4; version += 1) {
      assert.deepEqual(await turn(open, place, `t${version}`, version), []);
    }
    const opened = await reopened(open, place);
    assert.deepEqual(await turn(opened, place, 'last', 5), []);
    limit();
    const collect = () => opened.store.collect(thinOldTurns(Date.now() + 1000, 0));
    const words: string[] = [];
    try {
      const report = await collect();
      assert(report);
      if (report.unfinished) words.push('unfinished');
    } catch (error) {
      assert(error instanceof StoreFull, String(error));
      words.push(error.reason);
    }
    assert.deepEqual(opened.store.verify().lost, []);
    free();
    assert.equal((await collect())?.unfinished, false);
    const next = await reopened(opened, place);
    assert.deepEqual(await turn(next, place, 'new', 6), []);
    await comesBack(next, place, 'new', 5);
    next.close();
    return words;
  },
};

/** An undo, and its redo. */
async function restored(place: Place, limit: () => void): Promise<string[]> {
  const open = await place.open();
  assert.deepEqual(await turn(open, place, 'a', 1), []);
  limit();
  const words: string[] = [];
  const report = await open.restore.undo({ turn: 'a' });
  if (report.refused) words.push(report.refused);
  for (const { path, result, ...more } of report.files) {
    if (result === 'skipped' || result === 'kept') words.push(`${path} ${JSON.stringify(more)}`);
  }
  if (words.length === 0) place.assertWhole(0);
  place.assertWhole(0, 1);
  free();
  const next = await reopened(open, place);
  await comesBack(next, place, 'a', 0);
  next.close();
  return words;
}

async function reopened(open: OpenRoot, place: Place): Promise<OpenRoot> {
  open.close();
  return place.open();
}

function free(): void {
  rmSync(ballast, { force: true });
}

const all: Said[] = [];
for (let room = 0; room < MOST; room += 1) {
  const place = new Place(`${phase}-${room}`);
  try {
    const words = await PHASES[phase]?.(place, () => fill(room * PAGE));
    assert(words, `no such phase: ${phase}`);
    all.push({ room, words });
    if (words.length === 0) break;
  } catch (error) {
    throw new Error(`with room for ${room} pages`, { cause: error });
  } finally {
    free();
    place.remove();
  }
}
console.log(JSON.stringify(all));

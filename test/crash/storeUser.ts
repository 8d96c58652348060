// One process that uses a history store until it is killed: `node storeUser.js STORE ACKS SEED CALLS`.
// It writes a line to the file ACKS after each acknowledged event: its name and what it refers to.
// After CALLS writes and syncs it kills itself, in the middle of a write; 0: it waits for its end.
import { createHash, randomBytes } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { type DiskCalls, realDisk } from '../../src/history/store/appendFile';
import type {
  Hash,
  HistoryStore,
  StoredEvent,
  Thinned,
} from '../../src/history/store/historyStore';
import { openHistoryStore } from '../../src/history/store/openHistoryStore';
import { seededRandom } from '../fuzz/generateLine';

/** Events of this kind are dropped or shortened by collections; all others must stay. */
interface TestEvent {
  readonly kind: 'keep' | 'drop' | 'shorten' | 'short';
  readonly padding?: string;
}

const [folder = '', acksFile = '', seed = '0', calls = '0'] = process.argv.slice(2);
const below = seededRandom(Number(seed));

function killingDisk(after: number): DiskCalls {
  let left = after;
  const isLast = (): boolean => (left -= 1) === 0;
  const end = (): void => {
    process.kill(process.pid, 'SIGKILL');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
  return {
    ...realDisk,
    write(descriptor, bytes, position) {
      if (!isLast()) return realDisk.write(descriptor, bytes, position);
      realDisk.write(descriptor, bytes.subarray(0, below(bytes.length + 1)), position);
      end();
      return 0;
    },
    sync(descriptor) {
      if (isLast()) end();
      realDisk.sync(descriptor);
    },
  };
}

const acks = openSync(acksFile, 'w');
const acknowledge = (event: TestEvent, id: string, refs: readonly Hash[]): void => {
  if (event.kind !== 'drop') writeSync(acks, `${id} ${refs.join(' ')}\n`);
};

let last = Buffer.from(randomBytes(4000));

/** A new content or a new version of the last one, now and then one that is stored already. */
function putSomething(store: HistoryStore): Hash {
  const near = createHash('sha256').update(last).digest('hex');
  const way = below(10);
  if (way === 0) last = randomBytes(1 + below(20_000));
  else if (way === 1) last = Buffer.from(`common ${below(50)} `.repeat(300));
  else last = Buffer.concat([last.subarray(0, below(last.length)), randomBytes(below(200)), last]);
  if (last.length > 50_000) last = last.subarray(0, 5000);
  return store.put(last, near);
}

function thin(events: readonly StoredEvent[]): Map<string, Thinned> {
  const plan = new Map<string, Thinned>();
  for (const { id, event, refs } of events) {
    const { kind } = event as TestEvent;
    if (kind === 'drop') plan.set(id, 'drop');
    if (kind === 'shorten') plan.set(id, { event: { kind: 'short' }, refs });
  }
  return plan;
}

function recordSomething(store: HistoryStore): void {
  const kind = (['keep', 'drop', 'drop', 'shorten'] as const)[below(4)] ?? 'keep';
  const event: TestEvent = below(8) === 0 ? { kind, padding: 'x'.repeat(10_000) } : { kind };
  const refs = Array.from({ length: below(4) }, () => putSomething(store));
  acknowledge(event, store.record(event, refs), refs);
}

async function use(): Promise<never> {
  const disk = calls === '0' ? realDisk : killingDisk(Number(calls));
  const settings = { disk, packBytes: 40_000, budget: 2 ** 40, diskShare: 1 };
  for (;;) {
    const store = openHistoryStore(folder, settings);
    const lease = store.lease('restore');
    for (let count = below(12); count > 0; count -= 1) recordSomething(store);
    lease?.release();
    // What was put before a collection and is recorded after it must outlive it.
    const early = putSomething(store);
    const collecting = below(2) === 0 ? store.collect(thin) : undefined;
    recordSomething(store);
    await collecting;
    const event = { kind: 'keep' } as const;
    acknowledge(event, store.record(event, [early]), [early]);
    if (below(3) > 0) store.close();
  }
}

process.stdout.write('ready\n');
await use();

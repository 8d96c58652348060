// One process that captures and restores until it is killed: `node historyUser.js ROOT STORE PHASE SEED CALLS`.
// The file PHASE says whether the agent is writing: what is torn then is the agent's own.
// After CALLS writes, syncs, renames and removals it kills itself, in the middle of one; 0: it waits.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRoot } from '../../src/history/openRoot';
import { systemReplaces } from '../../src/history/revert/replaceCalls';
import { RootRestore } from '../../src/history/revert/rootRestore';
import { realDisk } from '../../src/history/store/appendFile';
import { seededRandom } from '../fuzz/generateLine';
import { BASE, FILES, LARGE, versionOf } from './restoredFiles';

const [root = '', storeFolder = '', phase = '', seed = '0', calls = '0'] = process.argv.slice(2);
const below = seededRandom(Number(seed));
let left = Number(calls);

/** Ends this process if its time has come: before or after what it stands at. */
function maybeEnd(): void {
  left -= 1;
  if (left !== 0) return;
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const open = await openRoot({
  root,
  storeFolder,
  trusted: true,
  env: process.env,
  workspaceRoots: [root],
  storeOptions: {
    disk: {
      ...realDisk,
      write(descriptor, bytes, position) {
        maybeEnd();
        return realDisk.write(descriptor, bytes, position);
      },
      sync(descriptor) {
        maybeEnd();
        realDisk.sync(descriptor);
      },
    },
  },
});
const restore = new RootRestore(open.history, undefined, {
  ...systemReplaces,
  rename(from, to) {
    maybeEnd();
    systemReplaces.rename(from, to);
    maybeEnd();
  },
  link(from, to) {
    maybeEnd();
    systemReplaces.link(from, to);
    maybeEnd();
  },
  write(descriptor, bytes, position) {
    const part = bytes.length > 1000 ? bytes.subarray(0, 1 + below(bytes.length)) : bytes;
    const written = systemReplaces.write(descriptor, part, position);
    maybeEnd();
    return written;
  },
  unlink(path) {
    maybeEnd();
    systemReplaces.unlink(path);
  },
});
process.stdout.write('ready\n');

for (let round = 0; ; round += 1) {
  const turn = `${process.pid}-${round}`;
  await open.history.promptStart({ turn, session: 's', whole: true });
  writeFileSync(phase, 'agent');
  const version = 1 + below(1000);
  for (const file of [...FILES, LARGE]) {
    if (below(3) > 0) writeFileSync(join(root, file), versionOf(file, version));
  }
  mkdirSync(join(root, 'made'), { recursive: true });
  writeFileSync(join(root, 'made', `${turn}.txt`), BASE);
  if (below(4) === 0) rmSync(join(root, FILES[below(FILES.length)] ?? ''), { force: true });
  writeFileSync(phase, 'history');
  await open.history.turnEnd(turn);
  await restore.undo({ turn: 'last' });
  if (below(2) === 0) await restore.redo();
  if (below(3) === 0) await restore.undo({ turn: 'all' });
}

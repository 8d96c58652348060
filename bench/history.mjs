// What the undo history costs, side by side in one run with `git status`, with copying the files that
// changed, and with what other tools run for the same purpose. Prints Markdown tables.
// Usage: npm run bench:history [-- ROUNDS [small | large]]; both sizes when none is named.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROUNDS = Number(process.argv[2] ?? 7);
const SIZE = process.argv[3] ?? 'both';
const CHANGED = 10;
/** What takes few milliseconds is measured this often a round. */
const RESTORES = 3;
const FILES = 25_000;
const MANY_FILES = 200_000;

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'checkrein-bench-')));
const home = join(scratch, 'home');
mkdirSync(home);
const env = {
  PATH: process.env.PATH,
  HOME: home,
  GIT_AUTHOR_NAME: 'b',
  GIT_AUTHOR_EMAIL: 'b@example.org',
  GIT_COMMITTER_NAME: 'b',
  GIT_COMMITTER_EMAIL: 'b@example.org',
};
const bundle = join(scratch, 'history.cjs');
await build({
  entryPoints: ['src/history/openRoot.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  mainFields: ['module', 'main'],
});
const { openRoot } = createRequire(import.meta.url)(bundle);

function git(cwd, args, extra = {}) {
  const { status, stderr, stdout } = spawnSync('git', args, {
    cwd,
    env: { ...env, ...extra },
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.toString().trim();
}

/** Folders, and files of the size that sources have. */
function isUsual(path) {
  const stat = lstatSync(path);
  return stat.isDirectory() || (stat.isFile() && stat.size < 60_000);
}

/** A repository of at least so many files, made of copies of the packages this project uses. */
function makeRepository(files) {
  const root = join(scratch, `repository-${files}`);
  let count = 0;
  for (let copy = 0; count < files; copy += 1) {
    const target = join(root, `copy${copy}`);
    cpSync('node_modules', target, {
      recursive: true,
      filter: path => !path.includes('/.') && isUsual(path),
    });
    count += readdirSync(target, { recursive: true, withFileTypes: true }).filter(e =>
      e.isFile(),
    ).length;
  }
  git(root, ['init', '-q', '.']);
  git(root, ['config', 'gc.auto', '0']);
  git(root, ['-c', 'core.autocrlf=false', 'add', '-A', '-f']);
  git(root, ['commit', '-qm', 'first']);
  git(root, ['gc', '-q']);
  git(root, ['status']);
  return { root, count };
}

const samples = new Map();
async function measure(method, step, act) {
  const start = performance.now();
  const result = await act();
  const key = `${method}/${step}`;
  samples.set(key, [...(samples.get(key) ?? []), performance.now() - start]);
  return result;
}
function median(method, step) {
  const sorted = [...(samples.get(`${method}/${step}`) ?? [])].sort((a, b) => a - b);
  return sorted.length === 0 ? undefined : sorted[Math.floor(sorted.length / 2)];
}

function shuffled(list) {
  return list
    .map(each => [Math.random(), each])
    .sort(([a], [b]) => a - b)
    .map(([, each]) => each);
}

let count = 0;
/** Changes some files as an agent would: one line in the middle. */
function changeFiles(root, paths) {
  count += 1;
  for (const path of paths) {
    const lines = readFileSync(join(root, path), 'utf8').split('\n');
    lines[Math.floor(lines.length / 2)] = `// changed ${count}`;
    writeFileSync(join(root, path), lines.join('\n'));
  }
}

/** How a method keeps and restores the state of a work tree; `first` begins with nothing. */
function methods(root, store) {
  const shadow = (name, work) => {
    const own = { GIT_DIR: join(scratch, `${name}-shadow`), GIT_WORK_TREE: root };
    return { own, run: args => git(root, args, own), ...work };
  };
  const roo = shadow('roo', {});
  const opencode = shadow('opencode', {});
  const rooSave = () => {
    roo.run(['add', '.', '--ignore-errors', '-f']);
    roo.run(['commit', '-q', '-m', 'checkpoint', '--allow-empty', '--no-verify']);
    return roo.run(['rev-parse', 'HEAD']);
  };
  const opencodeSave = () => {
    opencode.run(['diff-files', '--name-only', '-z']);
    opencode.run(['ls-files', '-o', '--exclude-standard', '-z']);
    opencode.run(['add', '--sparse', '.']);
    return opencode.run(['write-tree']);
  };
  const zedSave = () => {
    const index = join(scratch, 'zed-index');
    copyFileSync(join(root, '.git/index'), index);
    const own = { GIT_INDEX_FILE: index };
    git(root, ['add', '--all'], own);
    const tree = git(root, ['write-tree'], own);
    return git(root, ['commit-tree', tree, '-p', 'HEAD', '-m', 'checkpoint'], own);
  };
  const clineSave = () => {
    const stash = git(root, ['stash', 'create']) || git(root, ['rev-parse', 'HEAD']);
    git(root, ['ls-files', '-o', '--exclude-standard', '-z']);
    git(root, ['rev-parse', 'HEAD']);
    git(root, ['update-ref', `refs/cline/checkpoints/s/${(count += 1)}`, stash]);
    return stash;
  };
  return {
    'shadow repository (add -A, commit)': {
      first: () => {
        roo.run(['init', '-q']);
        return rooSave();
      },
      save: rooSave,
      restore: (commit, paths) => {
        roo.run(['clean', '-f', '-d', '-f', '--', ...paths]);
        roo.run(['reset', '-q', '--hard', commit]);
      },
      slow: true,
    },
    'shadow repository (write-tree)': {
      first: () => {
        opencode.run(['init', '-q']);
        return opencodeSave();
      },
      save: opencodeSave,
      restore: (tree, paths) => opencode.run(['checkout', tree, '--', ...paths]),
      slow: true,
    },
    'stash create in the repository': {
      first: clineSave,
      save: clineSave,
      restore: commit => {
        git(root, ['stash', 'push', '-q', '-u']);
        git(root, ['reset', '-q', '--hard', 'HEAD']);
        git(root, ['clean', '-fdq']);
        void commit;
      },
    },
    'temporary index in the repository': {
      first: zedSave,
      save: zedSave,
      restore: commit => git(root, ['restore', '--source', commit, '--worktree', '.']),
    },
  };
}

const openHistory = (root, storeFolder, trusted = true) =>
  openRoot({ root, storeFolder, trusted, env, workspaceRoots: [root] });

/** Ten files spread over the repository, of ordinary size. */
function pickFiles(root) {
  const all = git(root, ['ls-files', '-z', '*.js', '*.ts']).split('\0');
  const usual = all.filter(path => {
    const { size } = statSync(join(root, path));
    return size > 2000 && size < 60_000;
  });
  return Array.from(
    { length: CHANGED },
    (_, index) => usual[Math.floor((index * usual.length) / CHANGED)],
  );
}

function copyAll(root, paths, to, synced = true) {
  mkdirSync(to, { recursive: true });
  for (const [index, path] of paths.entries()) {
    copyFileSync(join(root, path), join(to, String(index)));
    if (!synced) continue;
    const descriptor = openSync(join(to, String(index)), 'r+');
    fsyncSync(descriptor);
    closeSync(descriptor);
  }
}

/**
 * Copies files to where they belong as one does who must not leave half a file: to a name beside the
 * place, synced, then renamed.
 */
function putBackSafely(root, paths, from) {
  for (const [index, path] of paths.entries()) {
    const temporary = join(root, `${path}.tmp`);
    copyFileSync(join(from, String(index)), temporary);
    const descriptor = openSync(temporary, 'r+');
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(temporary, join(root, path));
  }
}

async function compare(root, withPeers) {
  const paths = pickFiles(root);
  const originals = paths.map(path => readFileSync(join(root, path)));
  const putBack = () =>
    paths.forEach((path, index) => writeFileSync(join(root, path), originals[index]));
  const status = () => measure('git status', 'any', () => git(root, ['status', '--porcelain']));
  const peers = withPeers ? Object.entries(methods(root)) : [];
  const saved = new Map();

  // First checkpoints. Those that copy everything are slow and run once.
  for (let round = 0; round < ROUNDS; round += 1) {
    await shuffled([
      status,
      async () => {
        const store = join(scratch, `first-${round}`);
        const { history, close } = await openHistory(root, store);
        await measure('ours', 'first', () =>
          history.promptStart({ turn: 't', session: 's', whole: true }),
        );
        close();
        if (round === 0) samples.set('ours/size', [folderSize(store)]);
        rmSync(store, { recursive: true });
      },
      ...peers.flatMap(([name, { first, slow }]) =>
        slow && round > 0 ? [] : [async () => saved.set(name, await measure(name, 'first', first))],
      ),
    ]).reduce((before, act) => before.then(act), Promise.resolve());
  }

  const { history, restore, close } = await openHistory(root, join(scratch, 'store'));
  await history.promptStart({ turn: 'warm', session: 's', whole: true });
  await history.turnEnd('warm');
  const fresh = async () => {
    for (const [name, { save }] of peers) saved.set(name, await save());
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    const turn = `t${round}`;
    await fresh();
    await history.promptStart({ turn, session: 's', whole: true });
    changeFiles(root, paths);
    await shuffled([
      status,
      () => measure('copy', 'changed', () => copyAll(root, paths, join(scratch, 'copies'))),
      () => measure('ours', 'changed', () => history.turnEnd(turn)),
      ...peers.map(
        ([name, { save }]) =>
          () =>
            measure(name, 'changed', save),
      ),
    ]).reduce((before, act) => before.then(act), Promise.resolve());
    await shuffled([
      status,
      () => measure('ours', 'nothing', () => history.lookNow()),
      () =>
        measure('ours', 'prompt', async () => {
          await history.promptStart({ turn: `${turn}n`, session: 's', whole: true });
        }),
      ...peers.map(
        ([name, { save }]) =>
          () =>
            measure(name, 'nothing', save),
      ),
    ]).reduce((before, act) => before.then(act), Promise.resolve());
    await history.turnEnd(`${turn}n`);
    for (let again = 0; again < RESTORES; again += 1) {
      await restores(root, paths, turn, restore, again === 0 ? peers : [], saved);
    }
    putBack();
    git(root, ['reset', '-q', '--hard']);
    git(root, ['stash', 'clear']);
    await knownEdits(history, root, paths, round);
    putBack();
    git(root, ['status']);
  }
  close();
  rmSync(join(scratch, 'store'), { recursive: true });
}

/** Restores the files of a turn, and puts the agent's versions back. */
async function restores(root, paths, turn, restore, peers, saved) {
  const changed = paths.map(path => readFileSync(join(root, path)));
  const putBack = () =>
    paths.forEach((path, index) => writeFileSync(join(root, path), changed[index]));
  const ours = async act => {
    const { files } = await measure('ours', 'restore', act);
    if (files.some(({ result }) => result !== 'reverted')) throw new Error('not restored');
  };
  await shuffled([
    () => measure('copy', 'synced', () => copyAll(root, paths, join(scratch, 'copies'))),
    () => {
      copyAll(root, paths, join(scratch, 'kept'));
      return measure('copy', 'restore', () => putBackSafely(root, paths, join(scratch, 'kept')));
    },
    () => measure('copy', 'unsynced', () => copyAll(root, paths, join(scratch, 'copies'), false)),
    async () => {
      await ours(() => restore.undo({ turn }));
      await ours(() => restore.redo());
    },
    ...peers.map(([name, peer]) => async () => {
      await measure(name, 'restore', () => peer.restore(saved.get(name), paths));
      putBack();
    }),
  ]).reduce((before, act) => before.then(act), Promise.resolve());
}

/** Edits whose paths are known before: what each costs beside copying the file before and after. */
async function knownEdits(history, root, paths, round) {
  await history.promptStart({ turn: `k${round}`, session: 's', whole: false });
  for (const [index, path] of paths.entries()) {
    const call = `c${round}-${index}`;
    const begin = {
      call,
      session: 's',
      turn: `k${round}`,
      tool: 'edit',
      kind: 'file',
      paths: [path],
    };
    const ours = async () => {
      const start = performance.now();
      await history.beforeTool(begin);
      const between = performance.now();
      changeFiles(root, [path]);
      const after = performance.now();
      await history.afterTool(call);
      const took = between - start + performance.now() - after;
      samples.set('ours/known', [...(samples.get('ours/known') ?? []), took]);
    };
    const copy = () =>
      measure('copy', 'known', () => {
        copyAll(root, [path], join(scratch, 'copies'));
        copyAll(root, [path], join(scratch, 'copies'));
      });
    await shuffled([ours, copy]).reduce((before, act) => before.then(act), Promise.resolve());
  }
  await history.turnEnd(`k${round}`);
}

function folderSize(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(e =>
    e.isFile(),
  );
  // Links to objects of the repository take no room of their own.
  return files
    .map(({ parentPath, name }) => statSync(join(parentPath, name)))
    .filter(({ nlink }) => nlink === 1)
    .reduce((sum, { size }) => sum + size, 0);
}

/** The most memory a process needs for a prompt and its end, and for a bare Node. */
function memoryOf(root) {
  const program = `const { openRoot } = require(${JSON.stringify(bundle)});
(async () => {
  const root = ${JSON.stringify(root)};
  const open = await openRoot({ root, storeFolder: ${JSON.stringify(join(scratch, 'memory'))}, trusted: true,
    env: process.env, workspaceRoots: [root] });
  await open.history.promptStart({ turn: 't', session: 's', whole: true });
  await open.history.turnEnd('t');
  open.close();
  console.log(process.resourceUsage().maxRSS);
})();`;
  const file = join(scratch, 'memory.cjs');
  writeFileSync(file, program);
  const kilobytes = Number(execFileSync(process.execPath, [file], { env, encoding: 'utf8' }));
  rmSync(join(scratch, 'memory'), { recursive: true });
  return kilobytes / 1024;
}

function table(title, rows, peers) {
  const cell = (method, step) => {
    const ms = median(method, step);
    return ms === undefined ? '' : ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
  };
  const names = ['git status', 'copy', 'ours', ...peers];
  const head = ['', 'git status', 'copying the files', 'Checkrein', ...peers];
  const lines = rows.map(([label, step, status]) =>
    [
      label,
      ...names.map(name =>
        name === 'git status' ? (status ? cell(name, 'any') : '') : cell(name, step),
      ),
    ].join(' | '),
  );
  console.log(`\n${title}\n`);
  console.log(`| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|`);
  for (const line of lines) console.log(`| ${line} |`);
}

const goals = [];
function goal(text, value, most) {
  goals.push({ text, value, most });
  console.log(
    `| ${text} | ${value.toFixed(2)} | at most ${most} | ${value <= most ? 'yes' : 'NO'} |`,
  );
}

const ROWS = [
  ['first checkpoint', 'first', true],
  ['after 10 changed files', 'changed', true],
  ['nothing changed', 'nothing', true],
  ['nothing changed, a prompt begins', 'prompt', true],
  ['restoring 10 files', 'restore', false],
  ['edit of a known path, before and after', 'known', false],
];

function ratios(label, root) {
  const status = median('git status', 'any');
  console.log(`\n| ${label} | value | goal | met |\n|---|---|---|---|`);
  goal('first checkpoint / git status', median('ours', 'first') / status, 2.5);
  goal('after 10 changed files / git status', median('ours', 'changed') / status, 0.8);
  goal('nothing changed / git status', median('ours', 'nothing') / status, 0.8);
  goal('known edit / copying the file twice', median('ours', 'known') / median('copy', 'known'), 2);
  goal(
    'restoring 10 files / copying them back, synced and renamed',
    median('ours', 'restore') / median('copy', 'restore'),
    2,
  );
  for (const [label, step] of [
    ['to one folder, synced', 'synced'],
    ['to one folder, not synced', 'unsynced'],
  ]) {
    const ratio = median('ours', 'restore') / median('copy', step);
    console.log(`| restoring 10 files / copying them ${label} | ${ratio.toFixed(2)} | | |`);
  }
  const [size] = samples.get('ours/size');
  goal(
    'store after the first checkpoint / index',
    size / statSync(join(root, '.git/index')).size,
    2,
  );
}

async function small() {
  const { root, count: files } = makeRepository(FILES);
  await compare(root, true);
  const peers = Object.keys(methods(root));
  table(`${files.toLocaleString('en')} files, ${ROUNDS} rounds, medians in ms`, ROWS, peers);
  ratios(`${files.toLocaleString('en')} files`, root);
  rmSync(root, { recursive: true });
  samples.clear();
}

async function large() {
  const many = makeRepository(MANY_FILES);
  await compare(many.root, false);
  table(`${many.count.toLocaleString('en')} files, ${ROUNDS} rounds, medians in ms`, ROWS, []);
  ratios(`${many.count.toLocaleString('en')} files`, many.root);
  goal('memory of a process, MB', memoryOf(many.root), 300);
}

try {
  if (SIZE !== 'large') await small();
  if (SIZE !== 'small') await large();
} finally {
  if (existsSync(scratch)) rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = goals.some(({ value, most }) => value > most) ? 1 : 0;

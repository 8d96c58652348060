/**
 * Installs what the end-to-end tests drive (a Node.js, a real VS Code, a real agent client, a
 * browser) into a cache outside the repository, so that `npm ci` for a contributor stays small.
 *
 * Run: node test/e2e/tools/install.mjs
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/**
 * One package of tools: `entry` is the file whose presence makes it usable, `scripts` whether the
 * install scripts of its packages have to run.
 */
const packages = [
  { name: 'runtime', entry: ['node', 'bin', 'node'], scripts: true },
  { name: 'editor', entry: ['code-server', 'out', 'node', 'entry.js'], scripts: true },
  { name: 'agents', entry: ['@google', 'gemini-cli', 'bundle', 'gemini.js'], scripts: false },
];

const chromiumNames = ['chromium', 'chromium-browser', 'google-chrome'];

/** Debian packages, and how each of them is known to be there. */
const systemPackages = [
  { name: 'chromium', isPresent: () => findProgram(chromiumNames) !== undefined },
  { name: 'libkrb5-dev', isPresent: () => existsSync('/usr/include/gssapi/gssapi.h') },
  { name: 'fonts-dejavu-core', isPresent: () => existsSync('/usr/share/fonts/truetype/dejavu') },
  { name: 'zsh', isPresent: () => findProgram(['zsh']) !== undefined },
  { name: 'dash', isPresent: () => findProgram(['dash']) !== undefined },
];

/** The folder that holds the installed tools; it may be removed at any time. */
function cacheFolder() {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return process.env['CHECKREIN_E2E_CACHE'] || join(cache, 'checkrein-e2e');
}

/**
 * Where the tools are, or what is missing and why; it installs nothing.
 *
 * @returns {{ok: true, node24: string, codeServerEntry: string, geminiEntry: string,
 *   chromium: string} | {ok: false, missing: string[]}}
 */
export function toolPaths() {
  const [node24 = '', codeServerEntry = '', geminiEntry = ''] = packages.map(entryOf);
  const missing = packages
    .filter(tools => !existsSync(entryOf(tools)))
    .map(tools => `${tools.name}: ${entryOf(tools)} is not there; run ${installCommand}`);
  const chromium = findProgram(chromiumNames);
  if (chromium === undefined) missing.push(`chromium: not on PATH; run ${installCommand}`);
  if (chromium === undefined || missing.length > 0) return { ok: false, missing };
  return { ok: true, node24, codeServerEntry, geminiEntry, chromium };
}

const installCommand = 'node test/e2e/tools/install.mjs';

/** The folder of one package, named after its lock file: another lock file, another folder. */
function folderOf(tools) {
  const lock = readFileSync(join(here, tools.name, 'package-lock.json'));
  const key = createHash('sha256').update(lock).digest('hex').slice(0, 16);
  return join(cacheFolder(), `${tools.name}-${key}`);
}

function entryOf(tools) {
  return join(folderOf(tools), 'node_modules', ...tools.entry);
}

function findProgram(names) {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(folder => folder !== '');
  return names
    .flatMap(name => folders.map(folder => join(folder, name)))
    .find(path => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function installSystemPackages() {
  const missing = systemPackages.filter(entry => !entry.isPresent()).map(entry => entry.name);
  if (missing.length === 0) {
    print('system packages: all there');
    return;
  }
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  const words = `apt-get update && apt-get ${install.join(' ')}`;
  if (process.getuid?.() !== 0 || findProgram(['apt-get']) === undefined) {
    throw new Error(`missing: ${missing.join(', ')}. On Debian, run as root: ${words}`);
  }
  print(`system packages: ${words}`);
  run('apt-get', ['update'], {});
  run('apt-get', install, { env: { DEBIAN_FRONTEND: 'noninteractive' } });
}

/** Installs one package beside its final place and moves it there when it is complete. */
function installPackage(tools) {
  const folder = folderOf(tools);
  removeAbandoned(folder);
  if (existsSync(entryOf(tools))) {
    print(`${tools.name}: already in ${folder}`);
    return;
  }
  const partial = `${folder}.partial-${process.pid}`;
  print(`${tools.name}: npm ci for ${folder}`);
  try {
    mkdirSync(partial, { recursive: true });
    for (const file of ['package.json', 'package-lock.json']) {
      copyFileSync(join(here, tools.name, file), join(partial, file));
    }
    const scripts = `--ignore-scripts=${String(!tools.scripts)}`;
    run('npm', ['ci', scripts, '--no-audit', '--no-fund'], {
      cwd: partial,
      env: { PATH: searchPath(tools) },
    });
    const entry = join(partial, 'node_modules', ...tools.entry);
    if (!existsSync(entry)) throw new Error(`npm ci made no ${entry}`);
    const isNode = tools.name === 'runtime';
    run(isNode ? entry : programFor(tools), isNode ? ['--version'] : ['--check', entry], {});
    // Only an incomplete folder can be in the way: a complete one was found above.
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  print(`${tools.name}: installed`);
}

/** The editor is built and run by the Node.js that it was made for; the rest by this one. */
function programFor(tools) {
  return tools.name === 'editor' ? entryOf(packages[0]) : process.execPath;
}

function searchPath(tools) {
  return [dirname(programFor(tools)), process.env['PATH']].join(delimiter);
}

/** Removes what an interrupted install left behind, unless its process still works on it. */
function removeAbandoned(folder) {
  const parent = dirname(folder);
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(`${basename(folder)}.partial-`) ? Number(name.split('-').pop()) : 0;
    if (pid > 0 && !isAlive(pid)) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function run(program, words, { cwd, env }) {
  const result = spawnSync(program, words, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (result.error) throw new Error(`${program}: ${result.error.message}`);
  if (result.status !== 0) {
    const end = result.signal ?? `code ${String(result.status)}`;
    throw new Error(`${program} ${words.join(' ')} ended with ${end}`);
  }
}

function print(line) {
  process.stdout.write(`[e2e tools] ${line}\n`);
}

function main() {
  print(`cache: ${cacheFolder()}`);
  const failures = [];
  for (const [name, step] of [
    ['system packages', installSystemPackages],
    ...packages.map(tools => [tools.name, () => installPackage(tools)]),
  ]) {
    try {
      step();
    } catch (error) {
      failures.push(`${name}: ${error.message}`);
      print(`${name}: FAILED: ${error.message}`);
    }
  }
  const found = toolPaths();
  const missing = found.ok ? [] : found.missing;
  if (failures.length === 0 && missing.length === 0) {
    print('all tools are ready');
    return;
  }
  print(`not installed:\n  ${[...failures, ...missing].join('\n  ')}`);
  process.exitCode = 1;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) main();

import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { holds, writeFileAtomic } from '../files/atomicFile';
import { ensureOwnerOnlyFolder } from '../files/ownerOnly';
import type { HookCommands } from '../agents/agent';
import type { StateFolders } from '../files/stateHome';
import { REPORT_SUFFIX } from '../protocol/hookProtocol';

/** What the launcher is made from; all paths absolute. */
export interface LauncherParts {
  readonly folders: StateFolders;
  /** The editor's own Node: `process.execPath`. */
  readonly node: string;
  /** Folder of the built hook client: bundles and launcher templates. */
  readonly bundles: string;
  readonly platform: NodeJS.Platform;
}

/** The only places curl is taken from. */
const SYSTEM_CURL = ['/usr/bin/curl', '/bin/curl'];
const BUNDLES = ['hook.js', 'offline.js'];

/**
 * Puts the hook client where it outlives updates of the extension, with the editor's Node and the
 * state folder written into the launcher. Files that are already right are left alone.
 */
export function installHookClient(parts: LauncherParts): void {
  ensureOwnerOnlyFolder(parts.folders.home);
  ensureOwnerOnlyFolder(parts.folders.hook);
  for (const { path, content, mode } of hookClientFiles(parts)) {
    if (!holds(path, content)) writeFileAtomic(path, content, mode);
  }
}

/** The files of the hook client that somebody has changed or removed since they were installed. */
export function changedHookClientFiles(parts: LauncherParts): readonly string[] {
  return hookClientFiles(parts)
    .filter(({ path, content }) => !holds(path, content))
    .map(({ path }) => path);
}

interface ClientFile {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

function hookClientFiles(parts: LauncherParts): readonly ClientFile[] {
  const { folders, bundles, platform } = parts;
  const launcher = launcherPath(folders, platform);
  const template = readFileSync(join(bundles, basename(launcher)), 'utf8');
  return [
    ...BUNDLES.map(name => ({
      path: join(folders.hook, name),
      content: readFileSync(join(bundles, name), 'utf8'),
      mode: 0o600,
    })),
    { path: launcher, content: fillTemplate(template, parts), mode: 0o700 },
  ];
}

/** The path of the launcher that hook entries start. */
function launcherPath(folders: StateFolders, platform: NodeJS.Platform): string {
  return join(folders.hook, platform === 'win32' ? 'checkrein-hook.cmd' : 'checkrein-hook.sh');
}

/** Seconds; curl is only used from there on. */
const REPORT_LIMIT = 15;

/**
 * The command lines that hook entries hold: absolute and quoted, and on Unix started with an empty
 * environment, so that no variable of a repository reaches the shell, curl or Node.
 */
export function hookCommands(
  folders: StateFolders,
  platform: NodeJS.Platform,
  { id, limitSeconds }: { readonly id: string; readonly limitSeconds: number },
): HookCommands {
  const launcher = launcherPath(folders, platform);
  if (platform === 'win32') {
    const command = `${cmdQuote(launcher)} ${id}`;
    const report = `${command}${REPORT_SUFFIX} ${REPORT_LIMIT} report`;
    return { decide: `${command} ${limitSeconds}`, report };
  }
  // Agents take a hook that was killed, and one that fails without a word, for a yes. The shell
  // that turns such an end into a no has the empty environment too: in the agent's own shell a
  // variable of the repository could give `exit` another meaning.
  const convert = '/bin/sh "$0" "$@" || { echo "Checkrein blocked this call." >&2; exit 2; }';
  // A report must never hold up a prompt: whatever becomes of it, the agent goes on.
  const ignore = '/bin/sh "$0" "$@" >/dev/null 2>&1; exit 0';
  const clean = (script: string, name: string, limit: number): string =>
    `/usr/bin/env -i /bin/sh -c '${script}' ${shellQuote(launcher)} ${name} ${limit}`;
  return {
    decide: clean(convert, id, limitSeconds),
    report: clean(ignore, `${id}${REPORT_SUFFIX}`, REPORT_LIMIT),
  };
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function cmdQuote(path: string): string {
  // cmd expands % inside quotes too, and has no way to write a quote.
  if (/["%!\r\n]/.test(path)) throw new Error(`cmd cannot quote the path ${path}`);
  return `"${path}"`;
}

function fillTemplate(template: string, { folders, node, platform }: LauncherParts): string {
  const quote = platform === 'win32' ? cmdQuote : shellQuote;
  const values: Readonly<Record<string, string>> = {
    '@HOME@': folders.home,
    '@NODE@': node,
    '@CURL@': SYSTEM_CURL.find(path => existsSync(path)) ?? '',
    '@SCRIPT@': join(folders.hook, 'hook.js'),
  };
  return template.replace(/@[A-Z]+@/g, name => quote(values[name] ?? ''));
}

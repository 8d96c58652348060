import { statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { parse } from 'jsonc-parser';
import { containsPath } from '../../policy/paths';
import { findSecrets } from '../secrets';
import { isThere, readSmallText, walk } from './boundedFiles';
import { evidenceOf, type CheckResult, type NewFinding } from './finding';
import { ignores } from './gitignore';
import type { PostureFacts } from './postureFacts';

const LIMITS = { files: 5_000, depth: 12 };
const MAX_BYTES_IN_ALL = 16 * 1024 * 1024;
/** Files whose lines are names and values: there a value named like a secret counts too. */
const SETTINGS_FILE = /(^|\/)\.env[^/]*$|\.(json|jsonc|ya?ml|toml|ini|properties|conf|cfg)$/i;
const TEMPLATE = /\.(example|sample|template|dist)$/i;
const LOCK_FILE = /(^|\/)(package-lock\.json|pnpm-lock\.yaml|yarn\.lock|Cargo\.lock)$/;

/** Secrets in files of the workspace that an agent may read. */
export function workspaceSecrets({ roots }: PostureFacts): CheckResult {
  const found: string[] = [];
  let first: { file: string; line: number } | undefined;
  let cut = false;
  let bytes = 0;
  for (const root of roots) {
    const walked = walk(root, LIMITS);
    cut ||= walked.cut;
    for (const file of walked.files) {
      if (LOCK_FILE.test(file) || TEMPLATE.test(file)) continue;
      const text = bytes > MAX_BYTES_IN_ALL ? undefined : readSmallText(file);
      cut ||= text === undefined;
      bytes += text?.length ?? 0;
      if (text === undefined || text.includes('\0')) continue;
      for (const { line, kind } of secretLines(text, SETTINGS_FILE.test(file))) {
        first ??= { file, line };
        found.push(`${shown(root, file)}:${line}: ${kind}`);
      }
    }
  }
  const unclear = cut ? { unclear: 'not every file of the workspace was looked at' } : {};
  if (!first) return { findings: [], ...unclear };
  return {
    findings: [
      {
        severity: 'high',
        title: 'Secrets in files that the agent may read',
        why: 'Whatever an agent reads becomes part of what it sends to its model.',
        evidence: evidenceOf(found, place => place),
        fix: { text: 'Move them into environment variables or a secret store.', ...first },
      },
    ],
    ...unclear,
  };
}

function secretLines(text: string, isSettings: boolean): readonly { line: number; kind: string }[] {
  const spans = findSecrets(text).filter(({ certain }) => certain || isSettings);
  let line = 1;
  let at = 0;
  return spans.map(({ start, kind }) => {
    for (let next = text.indexOf('\n', at); next !== -1 && next < start;) {
      line += 1;
      at = next + 1;
      next = text.indexOf('\n', at);
    }
    return { line, kind };
  });
}

/** `.env` files an agent or another user may read. */
export function readableEnvFiles({ roots, platform, places }: PostureFacts): CheckResult {
  const files = roots.flatMap(root =>
    walk(root, { files: 2_000, depth: 3 })
      .files.filter(file => /^\.env(\..+)?$/.test(basename(file)) && !TEMPLATE.test(file))
      .map(file => ({ root, file })),
  );
  if (files.length === 0) return { findings: [] };
  const ignoreNames = agentIgnoreFiles(places.ideSettings[0]?.path);
  const readable = files.filter(
    ({ root, file }) =>
      !ignoreNames.some(name => ignores(readSmallText(join(root, name)) ?? '', shown(root, file))),
  );
  const open = files.filter(({ file }) => platform !== 'win32' && isOpenToOthers(file));
  const names = (of: typeof files): string[] =>
    evidenceOf(of, ({ root, file }) => shown(root, file));
  const findings: NewFinding[] = [];
  const [first] = readable;
  if (first) {
    findings.push({
      severity: 'medium',
      title: 'The agent may read .env files',
      why: 'Kiro reads every file that its ignore files do not name. Checkrein asks before a read once its hook is verified; a search may still show lines.',
      evidence: names(readable),
      fix: {
        text: 'Name .env* in .kiroignore, and .kiroignore in the setting kiroAgent.agentIgnoreFiles.',
        file: first.file,
      },
    });
  }
  if (open.length > 0) {
    findings.push({
      severity: 'medium',
      title: 'Other users of this machine may read .env files',
      why: 'The mode of the file lets the group or everybody read it.',
      evidence: names(open),
      fix: { text: 'chmod 600 .env' },
    });
  }
  return { findings };
}

function isOpenToOthers(file: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && (stat.mode & 0o044) !== 0;
}

function agentIgnoreFiles(settings: string | undefined): readonly string[] {
  const text = settings === undefined ? undefined : readSmallText(settings);
  const value: unknown = text === undefined ? undefined : parse(text);
  const names: unknown =
    typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)['kiroAgent.agentIgnoreFiles']
      : undefined;
  if (!Array.isArray(names)) return [];
  return names.filter((name): name is string => typeof name === 'string' && /^[\w.-]+$/.test(name));
}

/** What the vendor wants ignored, and what it wants committed. */
const TO_IGNORE = [
  ['.env', '.env'],
  ['.env.local', '.env.local'],
  ['.kiro/settings.json', '.kiro/settings.json'],
  ['.kiro/cache/', '.kiro/cache/'],
  ['*.log', 'checkrein-example.log'],
] as const;
const TO_COMMIT = ['.kiro/steering/', '.kiro/hooks/', '.kiro/specs/'] as const;

/** Lines of `.gitignore` that the vendor asks for, and those it must not have. */
export function gitignoreLines({ roots }: PostureFacts): CheckResult {
  return {
    findings: roots.flatMap(root => {
      const file = join(root, '.gitignore');
      const isRepository = isThere(join(root, '.git')) || isThere(file);
      if (!isRepository) return [];
      const text = readSmallText(file) ?? '';
      const missing = TO_IGNORE.filter(([, example]) => !ignores(text, example)).map(
        ([line]) => line,
      );
      const wrong = TO_COMMIT.filter(folder => ignores(text, folder));
      return [
        ...(missing.length > 0 ? [missingLines(file, missing)] : []),
        ...(wrong.length > 0 ? [wrongLines(file, text, wrong)] : []),
      ];
    }),
  };
}

function missingLines(file: string, missing: readonly string[]): NewFinding {
  return {
    severity: 'medium',
    title: '.gitignore lacks lines that the vendor asks for',
    why: 'Settings, caches and environment files may hold keys, and would be committed.',
    evidence: missing.map(line => `${file}: ${line}`),
    fix: { text: 'Add the lines.', file, lines: { add: [...missing], remove: [] } },
  };
}

function wrongLines(file: string, text: string, wrong: readonly string[]): NewFinding {
  const own = new Set(wrong.flatMap(folder => [folder, folder.slice(0, -1), `/${folder}`]));
  const remove = text.split(/\r?\n/).filter(line => own.has(line.trim()));
  return {
    severity: 'low',
    title: '.gitignore hides what should be shared',
    why: 'Steering, hooks and specs are meant to be committed: a hook that only one machine has is reviewed by nobody.',
    evidence: wrong.map(folder => `${file}: ${folder} is ignored`),
    fix: {
      text: 'Take the lines out, or let "!.kiro/steering/" and the like follow them.',
      file,
      ...(remove.length > 0 && { lines: { add: [], remove } }),
    },
  };
}

/** A home folder, a folder above it, or one marked as production, opened as a workspace. */
export function workspaceIsolation({
  roots,
  home,
  production: marked = [],
}: PostureFacts): CheckResult {
  const wide = roots.filter(root => containsPath(root, home)).map(homeOpen);
  const byFile = roots
    .filter(isProduction)
    .map(root => productionOpen(join(root, '.kiro', 'settings.json')));
  const bySetting = marked.map(root => productionOpen(`${root}: checkrein.production`));
  return { findings: [...wide, ...byFile, ...bySetting] };
}

function homeOpen(root: string): NewFinding {
  return {
    severity: 'high',
    title: 'The home folder is open as a workspace',
    why: 'Everything in it, keys and credentials of every project, counts as inside the workspace.',
    evidence: [root],
    fix: { text: 'Open the folder of one project instead.' },
  };
}

function productionOpen(place: string): NewFinding {
  return {
    severity: 'medium',
    title: 'A folder marked as production is open',
    why: 'The vendor asks for Supervised mode, and never trust-all, where a mistake hits production.',
    evidence: [place],
    fix: { text: 'Work in Supervised mode, with credentials of minimal rights.' },
  };
}

function isProduction(root: string): boolean {
  const text = readSmallText(join(root, '.kiro', 'settings.json'));
  const value: unknown = text === undefined ? undefined : parse(text);
  return (
    typeof value === 'object' &&
    value !== null &&
    'production' in value &&
    value.production === true
  );
}

/** A path below a root with `/`, for people and for ignore files. */
function shown(root: string, file: string): string {
  return relative(root, file).split('\\').join('/');
}

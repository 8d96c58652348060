import { PROTECTED_GLOBS, SECRET_GLOBS } from '../../policy/builtInPaths';
import type { Rule } from '../../policy/decision';
import { isPlaced } from '../../policy/pathGlobs';
import type { Policy } from '../../policy/policy';
import { type CompileNote, type Compiled, fits, noteOn, ruleOf } from './permissionRule';

/** The folders that path rules name. */
export interface PathPlace {
  readonly home: string;
  /** Checkrein's own state folder. */
  readonly stateHome: string;
  readonly movedKiroHome?: string | undefined;
  readonly platform: NodeJS.Platform;
}

/** Path globs as Kiro and its command line understand them. */
export interface PathGlobs {
  /** Reading and writing these asks. */
  readonly secret: readonly string[];
  /** Names that a glob of `secret` covers and that hold no secret. */
  readonly notSecret: readonly string[];
  /** Writing these asks. */
  readonly protected: readonly string[];
  readonly notes: readonly CompileNote[];
}

/** Translates the built-in path lists and what the policy adds. */
export function pathGlobs({ paths }: Policy, place: PathPlace): PathGlobs {
  const notes: CompileNote[] = [];
  const of = (rules: readonly Rule[]): readonly string[] =>
    rules.flatMap(rule => {
      const globs = translate(rule.pattern, place.home).flatMap(shorter);
      if (globs.every(fits)) return globs;
      notes.push(noteOn(rule, `${TOO_LONG}; only the hook knows it`));
      return [];
    });
  const moved = place.movedKiroHome === undefined ? [] : [slashed(place.movedKiroHome)];
  const homes = [`${slashed(place.home)}/.kiro`, ...moved, slashed(place.stateHome)];
  return {
    secret: [...SECRET_GLOBS.flatMap(builtIn), ...of(paths.secret)],
    notSecret: NOT_SECRET,
    protected: [
      ...PROTECTED_GLOBS.filter(glob => glob !== FOLDER_ITSELF).flatMap(builtIn),
      ...homes.filter(fits),
      ...of(paths.protected),
    ],
    notes,
  };
}

/** The rules about `fs_read` and `fs_write`. Kiro asks about any other write by itself. */
export function compilePathLimits(policy: Policy, place: PathPlace): Compiled {
  const globs = pathGlobs(policy, place);
  const secret = (capability: 'fs_read' | 'fs_write'): Compiled['rules'] =>
    ruleOf(capability, 'ask', globs.secret).map(rule => ({ ...rule, exclude: globs.notSecret }));
  return {
    rules: [
      ...secret('fs_read'),
      ...secret('fs_write'),
      ...ruleOf('fs_write', 'ask', globs.protected),
    ],
    notes: globs.notes,
  };
}

/** The allow rules for places outside the workspace; what is secret or protected there still asks. */
export function compilePathAllows(policy: Policy, place: PathPlace): Compiled {
  const { globs, notes } = allowedPlaces(policy, place);
  return {
    rules: [...ruleOf('fs_read', 'allow', globs), ...ruleOf('fs_write', 'allow', globs)],
    notes,
  };
}

/** Protected as a folder only; to Kiro it would cover the specs below it, which it writes all day. */
const FOLDER_ITSELF = '**/.kiro';
const NOT_SECRET = ['example', 'sample', 'template', 'dist'].map(end => `**/.env.${end}`);

/**
 * A glob of the built-in lists. Kiro has no `!(…)`, no empty alternative and no `?`; a path without
 * `/**` covers what lies below it.
 */
function builtIn(glob: string): readonly string[] {
  const plain = glob.replace(/\{,\/\*\*\}$/, '').replace(/!\([^)]*\)/g, '*');
  return withoutEmptyAlternative(plain).flatMap(shorter);
}

function withoutEmptyAlternative(glob: string): readonly string[] {
  const match = /\{,([^{}]*)\}/.exec(glob);
  if (!match) return [glob];
  const [whole, rest = ''] = match;
  return [glob.replace(whole, ''), glob.replace(whole, rest)].flatMap(withoutEmptyAlternative);
}

/** A glob that is too long for a line, with its alternatives written one by one. */
function shorter(glob: string): readonly string[] {
  const match = /\{([^{}]+)\}/.exec(glob);
  if (fits(glob) || !match) return [glob];
  const [whole, inside = ''] = match;
  return inside.split(',').flatMap(one => shorter(glob.replace(whole, () => one)));
}

/** A glob of the policy that asks: where Kiro's globs know less, what it becomes covers more. */
function translate(pattern: string, home: string): readonly string[] {
  const path = slashed(pattern.trim()).replaceAll('?', '*');
  if (/^~(?:\/|$)/.test(path)) return [`${slashed(home)}${path.slice(1)}`];
  return [isPlaced(pattern) ? path : `**/${path.replace(/^\.\//, '')}`];
}

/**
 * The places outside the workspace that may be read and written. Whether Kiro tells capitals from
 * small letters on macOS and Windows is not known. Where a file can have both spellings, a rule that
 * allows could let `.ENV` past a rule that asks about `.env`.
 */
export function allowedPlaces(
  { paths }: Policy,
  { home, platform }: PathPlace,
): { readonly globs: readonly string[]; readonly notes: readonly CompileNote[] } {
  const globs: string[] = [];
  const notes: CompileNote[] = [];
  for (const rule of paths.allowed) {
    const [glob = ''] = translate(rule.pattern, home);
    const why = allowProblem(rule.pattern, platform) ?? (fits(glob) ? undefined : TOO_LONG);
    if (why === undefined) globs.push(glob);
    else notes.push(noteOn(rule, why));
  }
  return { globs, notes };
}

const TOO_LONG = "it is too long for one line of Kiro's file";

function allowProblem(pattern: string, platform: NodeJS.Platform): string | undefined {
  if (platform !== 'linux') {
    return 'on this system one file has several spellings, and a secret one could slip past';
  }
  if (!isPlaced(pattern)) return 'it names no single place';
  return /[?[\]!()\\]/.test(pattern) ? 'its wildcards may mean more to Kiro' : undefined;
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/').replace(/(?<=.)\/+$/, '');
}

import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { holds, writeFileAtomic } from '../files/atomicFile';
import { ensureOwnerOnlyFolder } from '../files/ownerOnly';
import { readJsonIfThere } from '../files/readIfThere';
import type { PolicyView } from '../policy/policy';
import { closestWindow } from './windowRegistry';

/** More than the largest policies of a window make. */
const MAX_BYTES = 256 * 1024 * 1024;

const Rule = z.strictObject({
  effect: z.enum(['allow', 'ask', 'deny']),
  pattern: z.string(),
  source: z.strictObject({ file: z.string(), line: z.optional(z.number()) }),
});

const Rules = z.array(Rule);

/** The shape of a file in `snapshots/`. */
export const SnapshotSchema = z.strictObject({
  version: z.literal(2),
  policy: z.strictObject({
    commands: z.strictObject({
      trusted: Rules,
      denied: z.optional(Rules),
      limits: z.optional(z.array(Rules)),
      never: z.optional(Rules),
      suggestions: z.optional(z.boolean()),
    }),
    tools: z.strictObject({
      trusted: Rules,
      untrusted: Rules,
      excluded: Rules,
      limits: z.array(Rules),
    }),
    paths: z.strictObject({ protected: Rules, secret: Rules, allowed: Rules }),
    sandbox: z.optional(Rule),
    blockedBecause: z.optional(z.string()),
  }),
  state: z.strictObject({
    mode: z.strictObject({
      mode: z.enum(['autopilot', 'supervised', 'interrupted']),
      resumeTo: z.enum(['autopilot', 'supervised']),
      restricted: z.boolean(),
      // A session's trust ends with the window: it never reaches a file.
      trustAll: z.literal(false),
    }),
    paths: z.strictObject({
      roots: z.array(z.string()),
      home: z.string(),
      stateHome: z.string(),
      movedKiroHome: z.optional(z.string()),
    }),
  }),
});

/** Writes the last known policy of a window's folders; a window without folders leaves none. */
export function writeSnapshot(folder: string, view: PolicyView): void {
  const { roots } = view.state.paths;
  if (roots.length === 0) return;
  const file = fileFor(folder, roots);
  try {
    ensureOwnerOnlyFolder(folder);
    writeFileAtomic(file, snapshotText(view));
  } catch (error) {
    // What cannot be brought up to date must not be believed: without it, hooks deny.
    rmSync(file, { force: true });
    throw error;
  }
}

/** The snapshot's file when it is not what this view would leave; undefined when all is well. */
export function changedSnapshot(folder: string, view: PolicyView): string | undefined {
  const { roots } = view.state.paths;
  if (roots.length === 0) return undefined;
  const file = fileFor(folder, roots);
  return holds(file, snapshotText(view)) ? undefined : file;
}

function snapshotText({ policy, state: { mode, paths } }: PolicyView): string {
  const { roots, home, stateHome, movedKiroHome } = paths;
  const state = {
    mode: { ...mode, trustAll: false },
    paths: { roots, home, stateHome, movedKiroHome },
  };
  return JSON.stringify({ version: 2, policy, state });
}

/** The snapshot that a window with exactly these folders left when it was last open. */
export function lastSnapshot(folder: string, roots: readonly string[]): PolicyView | undefined {
  return readSnapshot(fileFor(folder, roots));
}

function fileFor(folder: string, roots: readonly string[]): string {
  const name = createHash('sha256').update(roots.join('\0')).digest('hex').slice(0, 16);
  return join(folder, `${name}.json`);
}

/** The snapshot that `cwd` belongs to, by the rule for windows; undefined when there is none. */
export function findSnapshot(folder: string, cwd: string): PolicyView | undefined {
  const candidates = listFiles(folder).flatMap(name => {
    const snapshot = readSnapshot(join(folder, name));
    if (!snapshot) return [];
    const { paths, mode } = snapshot.state;
    return [{ snapshot, roots: [...paths.roots], mode: mode.mode }];
  });
  return closestWindow(candidates, cwd)?.snapshot;
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter(name => name.endsWith('.json'));
  } catch {
    return [];
  }
}

/** A snapshot that is not exactly of this version's shape is no snapshot. */
function readSnapshot(file: string): PolicyView | undefined {
  const { data } = SnapshotSchema.safeParse(readJsonIfThere(file, MAX_BYTES));
  return data as PolicyView | undefined;
}

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { writeFileAtomic } from '../files/atomicFile';
import { ensureOwnerOnlyFolder } from '../files/ownerOnly';
import type { DecisionState, Policy } from '../policy/policy';
import { closestRootLength } from './windowRegistry';

const Rule = z.strictObject({
  effect: z.enum(['allow', 'ask', 'deny']),
  pattern: z.string(),
  source: z.strictObject({ file: z.string(), line: z.optional(z.number()) }),
});

/** The shape of a file in `snapshots/`. */
export const SnapshotSchema = z.strictObject({
  version: z.literal(1),
  policy: z.strictObject({ trustedCommands: z.array(Rule) }),
  state: z.strictObject({
    mode: z.strictObject({
      mode: z.enum(['autopilot', 'supervised', 'interrupted']),
      resumeTo: z.enum(['autopilot', 'supervised']),
      restricted: z.boolean(),
    }),
    paths: z.strictObject({
      roots: z.array(z.string()),
      home: z.string(),
      stateHome: z.string(),
    }),
  }),
});

/** What a hook decides by when no window is open. */
export interface PolicySnapshot {
  readonly policy: Policy;
  readonly state: DecisionState;
}

/** Writes the last known policy of a window's folders; a window without folders leaves none. */
export function writeSnapshot(folder: string, { policy, state }: PolicySnapshot): void {
  const [first] = state.paths.roots;
  if (first === undefined) return;
  ensureOwnerOnlyFolder(folder);
  writeFileAtomic(fileFor(folder, first), JSON.stringify({ version: 1, policy, state }));
}

/** The snapshot that a window with this first folder left when it was last open. */
export function lastSnapshot(folder: string, root: string): PolicySnapshot | undefined {
  return readSnapshot(fileFor(folder, root));
}

function fileFor(folder: string, root: string): string {
  return join(folder, `${createHash('sha256').update(root).digest('hex').slice(0, 16)}.json`);
}

/** The snapshot whose folder contains `cwd` most closely; undefined when there is none. */
export function findSnapshot(folder: string, cwd: string): PolicySnapshot | undefined {
  let best: PolicySnapshot | undefined;
  let bestLength = -1;
  for (const name of listFiles(folder)) {
    const snapshot = readSnapshot(join(folder, name));
    const length = snapshot ? closestRootLength(snapshot.state.paths.roots, cwd) : -1;
    if (length > bestLength) [best, bestLength] = [snapshot, length];
  }
  return best;
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter(name => name.endsWith('.json'));
  } catch {
    return [];
  }
}

/** A snapshot that is not exactly of this version's shape is no snapshot. */
function readSnapshot(file: string): PolicySnapshot | undefined {
  try {
    const parsed = SnapshotSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? (parsed.data as PolicySnapshot) : undefined;
  } catch {
    return undefined;
  }
}

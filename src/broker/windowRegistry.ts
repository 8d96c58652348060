import { readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { holds, writeFileAtomic } from '../files/atomicFile';
import { readJsonIfThere } from '../files/readIfThere';
import { strictness } from '../policy/mode';
import { containsPath } from '../policy/paths';
import { PROTOCOL_VERSION } from '../protocol/hookProtocol';

/** The shape of `windows/ID.json`. */
export const WindowEntrySchema = z.strictObject({
  version: z.literal(PROTOCOL_VERSION),
  id: z.string().check(z.regex(/^[0-9a-f]{8}$/)),
  pid: z.number(),
  socket: z.string(),
  token: z.string(),
  roots: z.array(z.string()),
  mode: z.enum(['autopilot', 'supervised', 'interrupted']),
});

/** An open window: which folders it holds and how its broker is reached. */
export type WindowEntry = z.infer<typeof WindowEntrySchema>;

/**
 * The open windows of this user, one pair of files each in the state folder: `ID.json` for the
 * Node client and the other windows, `ID.curl` with the same facts as a curl configuration for
 * the `sh` launcher. Both hold the token and are owner-only.
 */
export class WindowRegistry {
  constructor(private readonly folder: string) {}

  register(entry: WindowEntry): void {
    for (const [file, content] of Object.entries(this.#files(entry)))
      writeFileAtomic(file, content);
  }

  /** The files of an entry that do not hold what `register` wrote. */
  changedFiles(entry: WindowEntry): readonly string[] {
    return Object.entries(this.#files(entry)).flatMap(([file, content]) =>
      holds(file, content) ? [] : [file],
    );
  }

  #files(entry: WindowEntry): Readonly<Record<string, string>> {
    return {
      [join(this.folder, `${entry.id}.json`)]: JSON.stringify(entry),
      [join(this.folder, `${entry.id}.curl`)]: curlConfig(entry),
    };
  }

  unregister(id: string): void {
    rmSync(join(this.folder, `${id}.curl`), { force: true });
    rmSync(join(this.folder, `${id}.json`), { force: true });
  }

  /** Every entry that can be read; a malformed file is no window. */
  list(): WindowEntry[] {
    const names = readdirSync(this.folder).filter(name => name.endsWith('.json'));
    return names.sort().flatMap(name => {
      const entry = readEntry(join(this.folder, name));
      return entry && name === `${entry.id}.json` ? [entry] : [];
    });
  }

  /**
   * Removes the entries of windows that are proven dead: no process with their pid, or nobody
   * listening on their socket. A window that merely does not answer in time stays.
   */
  async sweep(): Promise<void> {
    for (const entry of this.list()) {
      if (!processExists(entry.pid) || (await refusesConnection(entry.socket))) {
        this.unregister(entry.id);
        if (!entry.socket.startsWith('\\\\')) rmSync(entry.socket, { force: true });
      }
    }
  }
}

/**
 * The window that a call in `cwd` belongs to: the one whose folder contains it most closely and,
 * among those, one in the strictest mode, so that an interrupted window holds its folder. The first
 * of equals; undefined when no folder contains it.
 */
export function closestWindow<T extends Pick<WindowEntry, 'roots' | 'mode'>>(
  windows: readonly T[],
  cwd: string,
): T | undefined {
  let best: T | undefined;
  let bestRank: readonly [number, number] = [-1, -1];
  for (const window of windows) {
    const length = closestRootLength(window.roots, cwd);
    const rank = [length, strictness(window.mode)] as const;
    const isCloser = rank[0] > bestRank[0] || (rank[0] === bestRank[0] && rank[1] > bestRank[1]);
    if (length >= 0 && isCloser) [best, bestRank] = [window, rank];
  }
  return best;
}

/** Length of the longest root that contains `cwd`, or -1. */
function closestRootLength(roots: readonly string[], cwd: string): number {
  return Math.max(-1, ...roots.filter(root => containsPath(root, cwd)).map(root => root.length));
}

const MAX_ENTRY_BYTES = 1024 * 1024;

function readEntry(file: string): WindowEntry | undefined {
  return WindowEntrySchema.safeParse(readJsonIfThere(file, MAX_ENTRY_BYTES)).data;
}

function curlConfig({ socket, token, roots }: WindowEntry): string {
  // A folder name with a line break would write lines of its own into this file.
  const printable = roots.filter(root => !/\p{Cc}/u.test(root));
  return [
    ...printable.map(root => `# root ${root}`),
    `unix-socket = ${quote(socket)}`,
    `header = ${quote(`authorization: Bearer ${token}`)}`,
    'header = "content-type: application/json"',
    'header = "expect:"',
    'request = "POST"',
    // A dot, not a dash: curl then reads stdin without blocking and sees an early refusal.
    'upload-file = "."',
    'noproxy = "*"',
    'silent',
    '',
  ].join('\n');
}

function quote(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function refusesConnection(socket: string): Promise<boolean> {
  return new Promise(resolve => {
    const connection = connect(socket);
    const finish = (refused: boolean): void => {
      connection.destroy();
      resolve(refused);
    };
    connection.setTimeout(500, () => finish(false));
    connection.once('connect', () => finish(false));
    connection.once('error', (error: NodeJS.ErrnoException) => {
      finish(error.code === 'ECONNREFUSED' || error.code === 'ENOENT');
    });
  });
}

import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  statSync,
  type BigIntStats,
} from 'node:fs';
import { dirname } from 'node:path';
import { onlyTightening } from './loosening';
import type { PolicyLayer, PolicyProblem, PolicyReading } from './policyLayer';
import type { PolicyPlace } from './policyPlaces';
import { readPolicyText } from './readPolicyText';

/** A policy file that is larger is not read. */
const MAX_BYTES = 4 * 1024 * 1024;
/** File systems keep the time of a change in steps of at most two seconds. */
const COARSEST_CLOCK_MS = 3_000;
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** What the policy files say at one moment. */
export interface PolicyFilesState {
  readonly layers: readonly PolicyLayer[];
  readonly problems: readonly PolicyProblem[];
  /** The first file that cannot be used and of which no usable state is known. */
  readonly unusable?: PolicyProblem;
}

interface FileState {
  /** What tells a changed file from an unchanged one. */
  readonly stamp: string;
  /**
   * What was read, where the file was so fresh that a later change need not show in its stamp;
   * undefined where the stamp alone is enough.
   */
  fresh: Source | undefined;
  readonly reading: PolicyReading | undefined;
  readonly lastGood: PolicyLayer | undefined;
}

/** One look at a file: what tells its states apart, when it changed, and why it cannot be had. */
interface Look {
  readonly stamp: string;
  readonly changedMs: number;
  readonly error?: NodeJS.ErrnoException;
}

/** What tests set that are not root's or do not run on the platform in question. */
interface PolicyFilesOptions {
  /** Takes an organisation's file whoever it belongs to. */
  readonly anyManagedOwner?: boolean;
  /** True where a file does not tell who may write to it, as on Windows. */
  readonly ownersUnknown?: boolean;
  /** What the file system tells about a file; throws where there is none. */
  readonly stat?: (file: string) => BigIntStats;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Reads the policy files and keeps what they said. `read` looks at each file anew, by its times and
 * size, so that a decision never rests on what a file said before. A file that cannot be used keeps
 * what its last good state asked for, without what that let pass.
 */
export class PolicyFiles {
  readonly #states = new Map<string, FileState>();
  readonly #stat: (file: string) => BigIntStats;
  readonly #now: () => number;
  #last: { readonly files: readonly FileState[]; readonly state: PolicyFilesState } | undefined;

  constructor(private readonly options: PolicyFilesOptions = {}) {
    this.#stat = options.stat ?? (file => statSync(file, { bigint: true }));
    this.#now = options.now ?? Date.now;
  }

  /** The state of `places`; the very same object as long as no file has changed. */
  read(places: readonly PolicyPlace[]): PolicyFilesState {
    const files = places.map(place => this.#refresh(place));
    if (this.#last && sameItems(this.#last.files, files)) return this.#last.state;
    const state = combine(files);
    this.#last = { files, state };
    return state;
  }

  #refresh(place: PolicyPlace): FileState {
    const before = this.#states.get(place.file);
    const { stamp, changedMs, error } = this.#look(place.file);
    if (before?.stamp === stamp && before.fresh === undefined) return before;
    const isFresh = this.#now() - changedMs < COARSEST_CLOCK_MS;
    const source = error ? { error } : readSource(place.file);
    const fresh = isFresh ? source : undefined;
    if (before?.fresh && before.stamp === stamp && isSameSource(before.fresh, source)) {
      before.fresh = fresh;
      return before;
    }
    const reading = this.#interpret(place, source);
    const lastGood = reading?.ok ? reading.layer : reading && before?.lastGood;
    const state = { stamp, fresh, reading, lastGood };
    this.#states.set(place.file, state);
    return state;
  }

  /** Follows links, as reading does; a file that is replaced or restored has another inode or time. */
  #look(file: string): Look {
    try {
      const stat = this.#stat(file);
      const { dev, ino, size, mtimeNs, ctimeNs } = stat;
      const changedMs = Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n);
      const stamp = [dev, ino, size, mtimeNs, ctimeNs].join(' ');
      // Opening a device can do something; nothing but a file is opened.
      return { stamp, changedMs, ...(!stat.isFile() && { error: new Error('not a file') }) };
    } catch (thrown) {
      const error = thrown as NodeJS.ErrnoException;
      const stamp = `none: ${error.code ?? error.message}`;
      return { stamp, changedMs: Number.NEGATIVE_INFINITY, error };
    }
  }

  /** Undefined when there is no such file. */
  #interpret(place: PolicyPlace, source: Source): PolicyReading | undefined {
    if ('error' in source) {
      const { code, message } = source.error;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      return broken(place, `it cannot be read (${code ?? message})`);
    }
    const { text, stat } = source;
    if (place.scope !== 'managed' || this.options.anyManagedOwner) {
      return readPolicyText(text, place);
    }
    if (this.options.ownersUnknown ?? process.getuid === undefined) {
      return fromAnybody(readPolicyText(text, place));
    }
    const fault = managedFault(stat) ?? folderFault(dirname(place.file));
    return fault === undefined ? readPolicyText(text, place) : broken(place, fault);
  }
}

/** An organisation's policy that anybody could have written is none. */
function managedFault({ uid, mode }: BigIntStats): string | undefined {
  if (uid !== 0n) return 'it does not belong to root';
  return (mode & 0o022n) === 0n ? undefined : 'others than root may write to it';
}

function folderFault(folder: string): string | undefined {
  try {
    const fault = managedFault(statSync(folder, { bigint: true }));
    return fault === undefined ? undefined : `of its folder: ${fault}`;
  } catch {
    return 'whose folder it lies in cannot be told';
  }
}

/** Where it cannot be told who wrote a file, it may ask for more and let nothing pass. */
function fromAnybody(reading: PolicyReading): PolicyReading {
  if (!reading.ok) return reading;
  const layer = onlyTightening(reading.layer);
  const { file, values } = layer;
  if (Object.keys(values).length === Object.keys(reading.layer.values).length) return reading;
  const message =
    'who wrote this file cannot be told here, so it lets nothing pass that would ask without it';
  return {
    ok: true,
    layer,
    problems: [...reading.problems, { file, message, severity: 'warning' }],
  };
}

function combine(states: readonly FileState[]): PolicyFilesState {
  const layers: PolicyLayer[] = [];
  const problems: PolicyProblem[] = [];
  let unusable: PolicyProblem | undefined;
  for (const { reading, lastGood } of states) {
    if (!reading) continue;
    problems.push(...reading.problems);
    if (reading.ok) layers.push(reading.layer);
    else if (lastGood && lastGood.scope !== 'managed') layers.push(onlyTightening(lastGood));
    else {
      if (lastGood) layers.push(onlyTightening(lastGood));
      unusable ??= reading.problems.find(({ severity }) => severity === 'error');
    }
  }
  return { layers, problems, ...(unusable && { unusable }) };
}

function broken({ file, scope }: PolicyPlace, message: string): PolicyReading {
  return { ok: false, scope, problems: [{ file, message, severity: 'error' }] };
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** What a file holds and whose it is, or why that cannot be told. */
type Source =
  { readonly text: string; readonly stat: BigIntStats } | { readonly error: NodeJS.ErrnoException };

function readSource(file: string): Source {
  try {
    return readBounded(file);
  } catch (error) {
    return { error: error as NodeJS.ErrnoException };
  }
}

function isSameSource(a: Source, b: Source): boolean {
  if ('error' in a || 'error' in b) {
    return 'error' in a && 'error' in b && a.error.message === b.error.message;
  }
  return a.text === b.text && a.stat.uid === b.stat.uid && a.stat.mode === b.stat.mode;
}

function readBounded(file: string): { readonly text: string; readonly stat: BigIntStats } {
  // Never waits for a writer, should somebody have put a pipe there.
  const descriptor = openSync(file, OPEN_FLAGS);
  try {
    const stat = fstatSync(descriptor, { bigint: true });
    if (!stat.isFile()) throw new Error('not a file');
    if (stat.size > MAX_BYTES) throw new Error(`larger than ${MAX_BYTES / 1024 / 1024} MB`);
    const bytes = Buffer.alloc(Number(stat.size));
    let read = 0;
    while (read < bytes.length) {
      const count = readSync(descriptor, bytes, read, bytes.length - read, read);
      if (count === 0) break;
      read += count;
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, read));
    return { text, stat };
  } finally {
    closeSync(descriptor);
  }
}

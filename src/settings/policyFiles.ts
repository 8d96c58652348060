import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  statSync,
  type BigIntStats,
} from 'node:fs';
import { onlyTightening } from './loosening';
import type { PolicyLayer, PolicyProblem, PolicyReading } from './policyLayer';
import type { PolicyPlace } from './policyPlaces';
import { readPolicyText } from './readPolicyText';

/** A policy file that is larger is not read. */
const MAX_BYTES = 4 * 1024 * 1024;
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
  readonly reading: PolicyReading | undefined;
  readonly lastGood: PolicyLayer | undefined;
}

/**
 * Reads the policy files and keeps what they said. `read` looks at each file anew, by its times and
 * size, so that a decision never rests on what a file said before. A file that cannot be used keeps
 * what its last good state asked for, without what that let pass.
 */
export class PolicyFiles {
  readonly #states = new Map<string, FileState>();
  #last: { readonly key: string; readonly state: PolicyFilesState } | undefined;

  /** `anyManagedOwner` takes an organisation's file that is not root's: tests are not root's. */
  constructor(private readonly options: { readonly anyManagedOwner?: boolean } = {}) {}

  /** The state of `places`; the very same object as long as no file has changed. */
  read(places: readonly PolicyPlace[]): PolicyFilesState {
    const states = places.map(place => this.#refresh(place));
    const key = places
      .map(({ file }, index) => `${file}\0${states[index]?.stamp ?? ''}`)
      .join('\n');
    if (this.#last?.key === key) return this.#last.state;
    const state = combine(states);
    this.#last = { key, state };
    return state;
  }

  #refresh(place: PolicyPlace): FileState {
    const before = this.#states.get(place.file);
    const stamp = stampOf(place.file);
    if (before?.stamp === stamp) return before;
    const reading = this.#readFile(place);
    const lastGood = reading?.ok ? reading.layer : reading && before?.lastGood;
    const state = { stamp, reading, lastGood };
    this.#states.set(place.file, state);
    return state;
  }

  /** Undefined when there is no such file. */
  #readFile(place: PolicyPlace): PolicyReading | undefined {
    try {
      const { text, stat } = readBounded(place.file);
      const fault = place.scope === 'managed' ? this.#managedFault(stat) : undefined;
      if (fault !== undefined) return broken(place.file, fault);
      return readPolicyText(text, place);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      return broken(place.file, `it cannot be read (${code ?? message})`);
    }
  }

  /** An organisation's policy that anybody could have written is none. */
  #managedFault({ uid, mode }: BigIntStats): string | undefined {
    if (process.getuid === undefined || this.options.anyManagedOwner) return undefined;
    if (uid !== 0n) return 'it does not belong to root';
    return (mode & 0o022n) === 0n ? undefined : 'others than root may write to it';
  }
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

function broken(file: string, message: string): PolicyReading {
  return { ok: false, problems: [{ file, message, severity: 'error' }] };
}

/** Follows links, as reading does; a file that is replaced or restored has another inode or time. */
function stampOf(file: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return `none: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`;
  }
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

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

/** What tests set that are not root's or do not run on the platform in question. */
interface PolicyFilesOptions {
  /** Takes an organisation's file whoever it belongs to. */
  readonly anyManagedOwner?: boolean;
  /** True where a file does not tell who may write to it, as on Windows. */
  readonly ownersUnknown?: boolean;
}

/**
 * Reads the policy files and keeps what they said. `read` looks at each file anew, by its times and
 * size, so that a decision never rests on what a file said before. A file that cannot be used keeps
 * what its last good state asked for, without what that let pass.
 */
export class PolicyFiles {
  readonly #states = new Map<string, FileState>();
  #last: { readonly key: string; readonly state: PolicyFilesState } | undefined;

  constructor(private readonly options: PolicyFilesOptions = {}) {}

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
      if (place.scope !== 'managed' || this.options.anyManagedOwner) {
        return readPolicyText(text, place);
      }
      if (this.options.ownersUnknown ?? process.getuid === undefined) {
        return fromAnybody(readPolicyText(text, place));
      }
      const fault = managedFault(stat) ?? folderFault(dirname(place.file));
      return fault === undefined ? readPolicyText(text, place) : broken(place.file, fault);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      return broken(place.file, `it cannot be read (${code ?? message})`);
    }
  }
}

/** An organisation's policy that anybody could have written is none. */
function managedFault({ uid, mode }: BigIntStats): string | undefined {
  if (uid !== 0n) return 'it does not belong to root';
  return (mode & 0o022n) === 0n ? undefined : 'others than root may write to it';
}

function folderFault(folder: string): string | undefined {
  const fault = managedFault(statSync(folder, { bigint: true }));
  return fault === undefined ? undefined : `of its folder: ${fault}`;
}

/** Where it cannot be told who wrote a file, it may ask for more and let nothing pass. */
function fromAnybody(reading: PolicyReading): PolicyReading {
  if (!reading.ok) return reading;
  const layer = onlyTightening(reading.layer);
  const { file } = layer;
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

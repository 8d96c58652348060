/** The sha256 of a file's raw bytes, 64 lower-case hexadecimal digits. */
export type Hash = string;

/**
 * Where the undo history of one workspace folder is kept: the bytes of files by their hash, and the
 * events that name them. Every process (window or command line) writes files of its own and reads
 * those of all, so writing needs no lock. All calls but `collect` are synchronous.
 */
export interface HistoryStore {
  /**
   * Stores bytes unless they are stored already and gives their hash. `near` names a former version
   * of the same file: when it is stored, only the difference is written. The bytes are safe from a
   * crash only after the next `record` or `sync`.
   * @throws StoreFull when the disk or the budget is used up; nothing is half-stored then.
   */
  put(bytes: Buffer, near?: Hash): Hash;
  has(hash: Hash): boolean;
  /** The bytes of a hash, checked against it. @throws LostContent when they are missing or damaged. */
  get(hash: Hash): Buffer;
  /**
   * Appends one event of the caller's own shape (JSON). `refs` are all hashes the event names: they
   * are made durable before the event is, and kept for as long as the event is. An event that a
   * newer version wrote is handed out as it stands.
   * @throws StoreFull when there is no room (the event is then not recorded at all), LostContent
   * when one of `refs` is not stored. After any error, put the contents again before recording
   * again: those that could not be made durable are gone.
   */
  record(event: object, refs: readonly Hash[]): EventId;
  /** Makes everything put so far durable without an event. */
  sync(): void;
  /** All events of all processes, oldest first: by time, then process, then order of recording. */
  events(): readonly StoredEvent[];
  /** Takes a right that one process at a time may hold; `undefined` while a living one holds it. */
  lease(name: LeaseName): Lease | undefined;
  /** What the store takes on disk and may take. Reads the folder again. */
  usage(): Usage;
  /**
   * Drops and shortens events as `thin` says, then frees the bytes no event names any more. Events
   * and bytes of other living processes are left alone. `undefined` when another process collects.
   */
  collect(thin?: Thin): Promise<CollectReport | undefined>;
  /** Reads back all that events name and checks it. */
  verify(): VerifyReport;
  close(): void;
}

/** Names an event for good: it outlives every rewriting of the files. */
export type EventId = string;

export interface StoredEvent {
  readonly id: EventId;
  /** Milliseconds since 1970; never falls within one process, even when its clock is set back. */
  readonly time: number;
  /** Which process recorded it; the same for all events of one open store. */
  readonly writer: string;
  readonly refs: readonly Hash[];
  /** What was recorded. Anyone with this account could have written it: validate before use. */
  readonly event: unknown;
}

/** For each event that does not stay as it is: `drop`, or what takes its place. */
export type Thin = (events: readonly StoredEvent[]) => ReadonlyMap<EventId, Thinned>;
export type Thinned = 'drop' | { readonly event: object; readonly refs: readonly Hash[] };

export type LeaseName = 'restore' | 'collect';

export interface Lease {
  /** Says that the holder lives; call it at least once a minute. False once the lease is lost. */
  renew(): boolean;
  release(): void;
}

/** Sizes in bytes. */
export interface Usage {
  readonly stored: number;
  /** The smaller of the workspace's budget and its share of the free disk; `put` stops there. */
  readonly allowed: number;
}

export interface CollectReport {
  readonly droppedEvents: number;
  readonly condensedEvents: number;
  /** Events that `thin` named but that belong to another living process. */
  readonly busyEvents: number;
  /** On disk, in bytes. */
  readonly freed: number;
  /** True when the bytes copied in one run reached their limit: another run will free more. */
  readonly unfinished: boolean;
  /** True when a newer version has written here: then nothing was dropped or freed. */
  readonly hasNewer: boolean;
}

export interface VerifyReport {
  readonly contents: number;
  readonly events: number;
  /** Contents that events name and that cannot be given back. */
  readonly lost: readonly Loss[];
  /** Ends of files that a crash or a full disk cut short; they were never acknowledged. */
  readonly torn: readonly { readonly file: string; readonly offset: number }[];
}

/** A content that cannot be given back. */
export interface Loss {
  readonly hash: Hash;
  readonly reason: LostReason;
}

type LostReason = 'missing' | 'damaged';

/** Thrown when the bytes of a hash cannot be given back. */
export class LostContent extends Error {
  override readonly name = 'LostContent';
  constructor(
    readonly hash: Hash,
    readonly reason: LostReason,
  ) {
    super(`the content ${hash} is ${reason}`);
  }
}

/** Thrown when nothing more can be stored: the disk is full, or the budget of the history is. */
export class StoreFull extends Error {
  override readonly name = 'StoreFull';
  constructor(
    readonly reason: 'disk' | 'budget',
    options?: ErrorOptions,
  ) {
    super(`the history cannot grow: the ${reason} is full`, options);
  }
}

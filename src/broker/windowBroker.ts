import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { ensureOwnerOnlyFolder } from '../files/ownerOnly';
import type { StateFolders } from '../files/stateHome';
import type { Journal } from '../history/journal';
import { strictestMode } from '../policy/mode';
import type { Policy, PolicyView } from '../policy/policy';
import { PROTOCOL_VERSION } from '../protocol/hookProtocol';
import type { ApprovalDesk } from './approvalDesk';
import { brokerSocket } from './brokerSocket';
import { HookServer } from './hookServer';
import { changedSnapshot, writeSnapshot } from './policySnapshot';
import { ToolCallGate, type GateEvent, type GateHistory, type ReportEvent } from './toolCallGate';
import { WindowRegistry, type WindowEntry } from './windowRegistry';

/** What a window brings to its broker. */
export interface WindowParts {
  readonly folders: StateFolders;
  readonly desk: ApprovalDesk;
  readonly journal: Journal;
  readonly history: GateHistory;
  /** The policy and state of this moment. */
  readonly view: () => PolicyView;
  /** The policy without what was said for the session: what hooks go by once the window is gone. */
  readonly lastingPolicy: () => Policy;
  readonly onDecided: (event: GateEvent) => void;
  readonly onReport: (event: ReportEvent) => void;
  readonly onError: (error: unknown) => void;
}

/** The broker of one editor window: its socket, its place in the registry and its snapshot. */
export class WindowBroker {
  readonly #id = randomBytes(4).toString('hex');
  readonly #token = randomBytes(32).toString('hex');
  readonly #registry: WindowRegistry;
  readonly #server: HookServer;
  #socket: string | undefined;
  /** What the snapshot was last written from. */
  #left: PolicyView | undefined;

  constructor(private readonly parts: WindowParts) {
    this.#registry = new WindowRegistry(parts.folders.windows);
    const gate = new ToolCallGate({
      desk: parts.desk,
      journal: parts.journal,
      history: parts.history,
      registry: this.#registry,
      view: () => ({ windowId: this.#id, ...parts.view() }),
      onDecided: parts.onDecided,
      onReport: parts.onReport,
    });
    this.#server = new HookServer(this.#token, async request => {
      try {
        return await gate.handle(request);
      } catch (error) {
        parts.onError(error);
        throw error;
      }
    });
  }

  /** The socket or pipe of this window, once it listens. */
  get socket(): string | undefined {
    return this.#socket;
  }

  /** Sweeps what dead windows left, starts listening and becomes known. */
  async start(): Promise<void> {
    const { folders } = this.parts;
    ensureOwnerOnlyFolder(folders.home);
    ensureOwnerOnlyFolder(folders.windows);
    await this.#registry.sweep();
    // First what hooks go by when nobody answers: if listening fails, it must not be of yesterday.
    this.refresh();
    const socket = brokerSocket(folders, this.#id);
    await this.#server.listen(socket);
    this.#socket = socket;
    this.refresh();
  }

  /** Makes a change of folders, mode or policy known to other windows and to offline hooks. */
  refresh(): void {
    this.#left = this.#lastingView();
    writeSnapshot(this.parts.folders.snapshots, this.#left);
    const entry = this.#entry();
    if (entry) this.#registry.register(entry);
  }

  /** Files of this window that somebody else has changed or removed; mended by `refresh`. */
  changedFiles(): readonly string[] {
    const entry = this.#entry();
    // A window of another editor on the same folders may leave another snapshot, and rightly so.
    const snapshot =
      this.#twins().length > 0 || !this.#left
        ? undefined
        : changedSnapshot(this.parts.folders.snapshots, this.#left);
    return [
      ...(snapshot === undefined ? [] : [snapshot]),
      ...(entry ? this.#registry.changedFiles(entry) : []),
    ];
  }

  /** Other windows on exactly the same folders. */
  #twins(): readonly WindowEntry[] {
    const roots = this.parts.view().state.paths.roots.join('\0');
    return this.#registry
      .list()
      .filter(({ id, roots: theirs }) => id !== this.#id && theirs.join('\0') === roots);
  }

  /** Two windows on the same folders leave one snapshot: it has the stricter mode of the two. */
  #lastingView(): PolicyView {
    const { view, lastingPolicy } = this.parts;
    const { state } = view();
    const mode = strictestMode([state.mode.mode, ...this.#twins().map(twin => twin.mode)]);
    return { policy: lastingPolicy(), state: { ...state, mode: { ...state.mode, mode } } };
  }

  #entry(): WindowEntry | undefined {
    const { state } = this.parts.view();
    if (this.#socket === undefined) return undefined;
    return {
      version: PROTOCOL_VERSION,
      id: this.#id,
      pid: process.pid,
      socket: this.#socket,
      token: this.#token,
      roots: [...state.paths.roots],
      mode: state.mode.mode,
    };
  }

  /** Unregisters and stops; held calls break off, which blocks them. */
  async stop(): Promise<void> {
    this.#registry.unregister(this.#id);
    await this.#server.close();
    if (this.#socket !== undefined && !this.#socket.startsWith('\\\\')) {
      rmSync(this.#socket, { force: true });
    }
    this.#socket = undefined;
  }
}

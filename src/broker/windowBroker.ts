import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { ensureOwnerOnlyFolder } from '../files/ownerOnly';
import type { StateFolders } from '../files/stateHome';
import type { Journal } from '../history/journal';
import { strictestMode } from '../policy/mode';
import type { DecisionState, Policy } from '../policy/policy';
import { PROTOCOL_VERSION } from '../protocol/hookProtocol';
import type { ApprovalDesk } from './approvalDesk';
import { brokerSocket } from './brokerSocket';
import { HookServer } from './hookServer';
import { writeSnapshot } from './policySnapshot';
import { ToolCallGate, type GateEvent } from './toolCallGate';
import { WindowRegistry } from './windowRegistry';

/** What a window brings to its broker. */
export interface WindowParts {
  readonly folders: StateFolders;
  readonly desk: ApprovalDesk;
  readonly journal: Journal;
  /** The policy and state of this moment. */
  readonly view: () => { readonly policy: Policy; readonly state: DecisionState };
  readonly onDecided: (event: GateEvent) => void;
  readonly onError: (error: unknown) => void;
}

/** The broker of one editor window: its socket, its place in the registry and its snapshot. */
export class WindowBroker {
  readonly #id = randomBytes(4).toString('hex');
  readonly #token = randomBytes(32).toString('hex');
  readonly #registry: WindowRegistry;
  readonly #server: HookServer;
  #socket: string | undefined;

  constructor(private readonly parts: WindowParts) {
    this.#registry = new WindowRegistry(parts.folders.windows);
    const gate = new ToolCallGate({
      desk: parts.desk,
      journal: parts.journal,
      registry: this.#registry,
      view: () => ({ windowId: this.#id, ...parts.view() }),
      onDecided: parts.onDecided,
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
    const { folders, view } = this.parts;
    const { policy, state } = view();
    const { roots } = state.paths;
    const twins = this.#registry
      .list()
      .filter(({ id, roots: theirs }) => id !== this.#id && theirs.join('\0') === roots.join('\0'));
    // Two windows on the same folders leave one snapshot: it has the stricter mode of the two.
    const mode = strictestMode([state.mode.mode, ...twins.map(twin => twin.mode)]);
    writeSnapshot(folders.snapshots, {
      policy,
      state: { ...state, mode: { ...state.mode, mode } },
    });
    if (this.#socket === undefined) return;
    this.#registry.register({
      version: PROTOCOL_VERSION,
      id: this.#id,
      pid: process.pid,
      socket: this.#socket,
      token: this.#token,
      roots: [...roots],
      mode: state.mode.mode,
    });
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

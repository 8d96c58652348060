import type {
  FileDetails,
  NodeId,
  PanelHunk,
  PanelMessage,
  PanelRequest,
} from '../../protocol/changesPanel';
import type { ChangesView, ChangeTarget, FileView, HunkView } from '../../protocol/changesView';
import { hunkDetails, type ImageWords, panelImage } from './panelDetails';
import { buildPanelTree, type BuiltTree, type PanelTarget, type PanelWords } from './panelTree';

/** What the panel lets a person do; each asks the person first where something would be lost. */
export interface PanelActions {
  view(): Promise<ChangesView>;
  hunks(target: ChangeTarget): Promise<readonly HunkView[]>;
  /** The bytes of a content; `undefined` when they are lost. */
  content(root: string, hash: string): Promise<Buffer | undefined>;
  openDiff(target: PanelTarget): Promise<void>;
  openAll(): Promise<void>;
  undo(target: ChangeTarget): Promise<void>;
  redo(): Promise<void>;
  /** Marks changes as seen and to stay, or takes the mark away. */
  keep(target: ChangeTarget, keep: boolean): Promise<void>;
}

/** Texts of the session in the person's language. */
export interface SessionWords {
  readonly tree: PanelWords;
  readonly images: ImageWords;
  readonly session: {
    readonly changed: string;
    readonly noHunks: string;
    readonly link: string;
    readonly folder: string;
    readonly notKept: string;
    readonly binary: (before: string, after: string) => string;
  };
}

/**
 * One page of the panel, from its `ready` until it is hidden: answers what it asks. It knows which
 * ids were given out, and does nothing for any other.
 */
export class PanelSession {
  #built: BuiltTree = { tree: { prompts: [], gaps: [], canRedo: false }, targets: new Map() };
  /** The hunks as they were shown: their numbers change when one of them is taken back. */
  readonly #shown = new Map<NodeId, readonly PanelHunk[]>();
  #refreshing: Promise<void> | undefined;
  #again = false;

  constructor(
    private readonly actions: PanelActions,
    private readonly words: SessionWords,
    private readonly post: (message: PanelMessage) => void,
  ) {}

  /** Does what was asked; a request that names nothing known is dropped. */
  async handle(request: PanelRequest): Promise<void> {
    switch (request.type) {
      case 'ready':
        return this.refresh();
      case 'details':
        return this.#showDetails(request.file);
      case 'openDiff': {
        const node = this.#built.targets.get(request.node);
        return node && this.actions.openDiff(node);
      }
      case 'undo': {
        const target = this.#built.targets.get(request.node)?.target;
        return target && this.actions.undo(target);
      }
      case 'undoHunk':
        return this.#undoHunk(request.file, request.hunk);
      case 'keep': {
        const target = this.#built.targets.get(request.node)?.target;
        return target && this.actions.keep(target, request.keep);
      }
      case 'undoAll':
        return this.actions.undo({});
      case 'redo':
        return this.actions.redo();
      case 'openAll':
        return this.actions.openAll();
    }
  }

  /** Posts the tree as it is now. Never two at a time: what comes meanwhile is done afterwards. */
  refresh(): Promise<void> {
    this.#again = this.#refreshing !== undefined;
    this.#refreshing ??= this.#postTree().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #postTree(): Promise<void> {
    do {
      this.#again = false;
      this.#built = buildPanelTree(await this.actions.view(), this.words.tree);
      this.post({ type: 'tree', tree: this.#built.tree });
      // `refresh` sets it while this waits.
    } while (this.#again as boolean);
  }

  async #showDetails(file: NodeId): Promise<void> {
    const details = await this.#detailsOf(file);
    if (!details) return;
    this.#shown.set(file, details.type === 'hunks' ? details.hunks : []);
    this.post({ type: 'details', file, details });
  }

  async #detailsOf(id: NodeId): Promise<FileDetails | undefined> {
    const named = this.#built.targets.get(id);
    const [file] = named?.files ?? [];
    if (!file || (named?.target && !named.target.file)) return undefined;
    const { session } = this.words;
    switch (file.kind) {
      case 'image':
        return this.#images(file);
      case 'binary': {
        const { before, after } = await this.#images(file);
        return { type: 'note', text: session.binary(before.caption, after.caption) };
      }
      case 'link':
      case 'folder':
      case 'notKept':
        return { type: 'note', text: session[file.kind] };
      case 'text': {
        const hunks = named?.target ? await this.actions.hunks(named.target) : [];
        return hunks.length > 0 ? hunkDetails(hunks) : { type: 'note', text: session.noHunks };
      }
    }
  }

  async #images({ root, before, after }: FileView) {
    const side = async (hash: string | undefined) => {
      const bytes = hash === undefined ? undefined : await this.actions.content(root, hash);
      return panelImage(
        hash !== undefined && bytes === undefined ? null : bytes,
        this.words.images,
      );
    };
    return { type: 'images' as const, before: await side(before), after: await side(after) };
  }

  /** Only the hunk that was shown: when it is another one by now, it is shown instead of undone. */
  async #undoHunk(file: NodeId, number: number): Promise<void> {
    const shown = this.#shown.get(file)?.find(hunk => hunk.number === number);
    const target = this.#built.targets.get(file)?.target;
    if (!shown || !target) return;
    const details = await this.#detailsOf(file);
    const now =
      details?.type === 'hunks' ? details.hunks.find(hunk => hunk.number === number) : undefined;
    if (now && textOf(now) === textOf(shown)) {
      await this.actions.undo({ ...target, hunks: [number] });
      return;
    }
    await this.#showDetails(file);
    this.post({ type: 'announce', text: this.words.session.changed });
  }
}

function textOf({ heading, lines }: PanelHunk): string {
  return JSON.stringify([heading, lines]);
}

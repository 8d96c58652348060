import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { makeVisible } from '../../policy/visibleText';
import type {
  NodeId,
  PanelCall,
  PanelFile,
  PanelPrompt,
  PanelTree,
} from '../../protocol/changesPanel';
import type {
  AllowedView,
  CallView,
  ChangesView,
  ChangeTarget,
  FileView,
  PromptView,
} from '../../protocol/changesView';

/** Words and times in the person's language. */
export interface PanelWords {
  /** Of a prompt: day and time; of a call: the time alone. */
  momentOf(milliseconds: number): string;
  timeOf(milliseconds: number): string;
  /** What let a call through, in short and in full. */
  allowedText(allowed: AllowedView): { readonly short: string; readonly full: string };
  /** A prompt whose words the agent did not tell. */
  readonly untitled: string;
  /** The changes that came of no prompt. */
  readonly others: string;
}

/** What an id of the tree stands for. */
export interface PanelTarget {
  /** Absent where nothing is an agent's: such changes are shown, not undone. */
  readonly target?: ChangeTarget;
  readonly files: readonly FileView[];
}

/** A tree for the panel, and what its ids stand for. */
export interface BuiltTree {
  readonly tree: PanelTree;
  readonly targets: ReadonlyMap<NodeId, PanelTarget>;
}

/** A prompt or tool may have any length; a row has not. */
const MAX_TEXT = 300;
/** The whole of a rule or a path, as far as anyone reads. */
const MAX_LONG_TEXT = 2_000;

/** Brings the view of all changes to what the panel shows. */
export function buildPanelTree(view: ChangesView, words: PanelWords): BuiltTree {
  const builder = new TreeBuilder(words);
  const prompts = view.prompts.map(prompt => builder.prompt(prompt));
  const others = view.others.length === 0 ? [] : [builder.others(view.others)];
  const gaps = view.gaps.map(gap => shown(gap, MAX_LONG_TEXT));
  const tree = { prompts: [...prompts, ...others], gaps, canRedo: view.canRedo };
  return { tree, targets: builder.targets };
}

class TreeBuilder {
  readonly targets = new Map<NodeId, PanelTarget>();

  constructor(private readonly words: PanelWords) {}

  prompt(view: PromptView): PanelPrompt {
    const target = { prompt: view.id };
    const ofCalls = new Set(view.calls.flatMap(({ files }) => files.map(placeOf)));
    const rest = view.files.filter(file => !ofCalls.has(placeOf(file)));
    return {
      id: this.#add(target, { target, files: view.files }),
      undoable: true,
      title: view.title === undefined ? this.words.untitled : shown(view.title),
      detail: shown(`${view.agent} · ${this.words.momentOf(view.start)}`),
      running: view.end === undefined,
      calls: view.calls.map(call => this.#call(call, target)),
      files: rest.map(file => this.#file(file, target)),
      fileCount: view.files.length,
      lines: sumOf(view.files),
    };
  }

  others(files: readonly FileView[]): PanelPrompt {
    return {
      id: this.#add('others', { files }),
      undoable: false,
      title: this.words.others,
      detail: '',
      running: false,
      calls: [],
      files: files.map(file => this.#file(file, undefined)),
      fileCount: files.length,
      lines: sumOf(files),
    };
  }

  #call(call: CallView, prompt: ChangeTarget): PanelCall {
    const target = { ...prompt, call: call.id };
    const allowed = call.allowed && this.words.allowedText(call.allowed);
    return {
      id: this.#add(target, { target, files: call.files }),
      tool: shown(call.tool),
      time: this.words.timeOf(call.start),
      allowed: shown(allowed?.short ?? ''),
      allowedInFull: shown(allowed?.full ?? '', MAX_LONG_TEXT),
      byPerson: call.allowed?.byPerson === true,
      files: call.files.map(file => this.#file(file, target)),
    };
  }

  #file(file: FileView, group: ChangeTarget | undefined): PanelFile {
    const { root, path, folder = '', movedFrom, author, status, kind, state, lines } = file;
    const target = group && { ...group, file: { root, path } };
    const place = posix.dirname(path);
    const below = place === '.' ? [] : [place];
    return {
      id: this.#add(target ?? [root, path], { ...(target && { target }), files: [file] }),
      name: shown(posix.basename(path)),
      folder: shown([folder, ...below].filter(Boolean).join('/'), MAX_LONG_TEXT),
      ...(movedFrom !== undefined && { movedFrom: shown(movedFrom, MAX_LONG_TEXT) }),
      ...{ author, status, kind, state },
      ...(lines && { lines }),
    };
  }

  /** An id says nothing of what it names, and is the same whenever the tree is made. */
  #add(name: ChangeTarget | string | readonly string[], named: PanelTarget): NodeId {
    const hash = createHash('sha256').update(JSON.stringify(name));
    const id = hash.digest('base64url').slice(0, 16);
    this.targets.set(id, named);
    return id;
  }
}

/** One line with nothing invisible in it. */
function shown(text: string, most = MAX_TEXT): string {
  const visible = makeVisible(text, false);
  return visible.length > most ? `${visible.slice(0, most)} …` : visible;
}

function placeOf({ root, path }: FileView): string {
  return `${root}\n${path}`;
}

function sumOf(files: readonly FileView[]): { added: number; removed: number } {
  let [added, removed] = [0, 0];
  for (const { lines } of files) {
    added += lines?.added ?? 0;
    removed += lines?.removed ?? 0;
  }
  return { added, removed };
}

import type { PanelCall, PanelFile, PanelPrompt, PanelTree } from '../../protocol/changesPanel';
import type { ChangeAuthor } from '../../protocol/changesView';

/** What a person chose to see of the changes. */
export interface Filter {
  /** Words that all have to occur: in a path, tool, author, rule, agent or prompt. */
  readonly text: string;
  /** Whose changes are left out. */
  readonly hidden: ReadonlySet<ChangeAuthor>;
  /** Leaves out what is marked as kept or was taken back. */
  readonly hideReviewed: boolean;
}

export const NO_FILTER: Filter = { text: '', hidden: new Set(), hideReviewed: false };

/** True when the filter leaves nothing out. */
function showsAll({ text, hidden, hideReviewed }: Filter): boolean {
  return text.trim() === '' && hidden.size === 0 && !hideReviewed;
}

/** The part of the tree that a filter shows; what is left empty by it is gone, too. */
export function filterTree(
  tree: PanelTree,
  filter: Filter,
  authors: Readonly<Record<ChangeAuthor, string>>,
): PanelTree {
  if (showsAll(filter)) return tree;
  const words = filter.text.toLowerCase().split(/\s+/u).filter(Boolean);
  const matches = (file: PanelFile, above: string): boolean => {
    if (filter.hidden.has(file.author)) return false;
    if (filter.hideReviewed && file.state !== 'standing') return false;
    if (words.length === 0) return true;
    const own = [file.folder, '/', file.name, ' ', file.movedFrom, ' ', authors[file.author]];
    const text = above + own.join('').toLowerCase();
    return words.every(word => text.includes(word));
  };
  const ofCall = (call: PanelCall, above: string): PanelCall[] => {
    const text = `${above}${call.tool} ${call.allowed} ${call.allowedInFull}\n`.toLowerCase();
    const files = call.files.filter(file => matches(file, text));
    return files.length === 0 ? [] : [{ ...call, files }];
  };
  const ofPrompt = (prompt: PanelPrompt): PanelPrompt[] => {
    const text = `${prompt.title} ${prompt.detail}\n`.toLowerCase();
    const calls = prompt.calls.flatMap(call => ofCall(call, text));
    const files = prompt.files.filter(file => matches(file, text));
    return calls.length + files.length === 0 ? [] : [{ ...prompt, calls, files }];
  };
  return { ...tree, prompts: tree.prompts.flatMap(ofPrompt) };
}

/** All files below a prompt, those of its calls first; a file may be there once for each call. */
export function filesOf({ calls, files }: PanelPrompt): PanelFile[] {
  return [...calls.flatMap(call => call.files), ...files];
}

/** How many files there are; one that several calls changed counts once. */
export function countFiles({ prompts }: PanelTree): number {
  const files = new Set<string>();
  for (const prompt of prompts) {
    for (const { folder, name } of filesOf(prompt)) files.add(`${folder}/${name}`);
  }
  return files.size;
}

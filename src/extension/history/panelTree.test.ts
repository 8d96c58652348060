import { describe, expect, it } from 'vitest';
import { fileView, manyChanges } from '../../../test/support/manyChanges';
import type { ChangesView, FileView } from '../../protocol/changesView';
import { buildPanelTree, type PanelWords } from './panelTree';

const words: PanelWords = {
  momentOf: milliseconds => `on ${milliseconds}`,
  timeOf: milliseconds => `at ${milliseconds}`,
  allowedText: ({ code, rule }) => ({ short: code, full: `${code} ${rule?.pattern ?? ''}` }),
  untitled: 'Prompt',
  others: 'Outside',
};

const a = fileView(0, { path: 'src/a.ts', lines: { added: 3, removed: 1 } });
const b = fileView(1, { path: 'b.ts', folder: 'shop', lines: { added: 4, removed: 0 } });

function view(more: Partial<ChangesView> = {}): ChangesView {
  const call = {
    id: 'c1',
    tool: 'fs_write',
    start: 5,
    allowed: { code: 'trustedTool', byPerson: true, rule: { pattern: 'write', file: 'f' } },
    files: [a],
  };
  const prompt = { id: 'p1', agent: 'Kiro', title: 'Add', start: 4, files: [a, b], calls: [call] };
  return { prompts: [prompt], others: [], gaps: [], canRedo: false, ...more };
}

describe('buildPanelTree', () => {
  it('shows prompts, calls, and the files that no call accounts for', () => {
    const { tree } = buildPanelTree(view(), words);
    const [prompt] = tree.prompts;
    expect(prompt).toMatchObject({
      title: 'Add',
      detail: 'Kiro · on 4',
      running: true,
      undoable: true,
      fileCount: 2,
      lines: { added: 7, removed: 1 },
    });
    expect(prompt?.calls[0]).toMatchObject({
      tool: 'fs_write',
      time: 'at 5',
      allowed: 'trustedTool',
      allowedInFull: 'trustedTool write',
      byPerson: true,
    });
    expect(prompt?.calls[0]?.files[0]).toMatchObject({ name: 'a.ts', folder: 'src' });
    expect(prompt?.files).toMatchObject([{ name: 'b.ts', folder: 'shop' }]);
  });

  it('names everything by ids that say nothing and stay the same', () => {
    const built = buildPanelTree(manyChanges(1_000), words);
    const again = buildPanelTree(manyChanges(1_000), words);
    expect(again.tree).toEqual(built.tree);
    const prompts = 5;
    const calls = 50;
    const outside = 2;
    expect(built.targets.size).toBe(1_000 + prompts + calls + outside);
    for (const id of built.targets.keys()) expect(id).toMatch(/^[\w-]{16}$/);
    expect(JSON.stringify(built.tree)).not.toContain('/work/shop');
  });

  it('knows what an id stands for', () => {
    const { tree, targets } = buildPanelTree(view(), words);
    const [prompt] = tree.prompts;
    const call = prompt?.calls[0];
    const targetOf = (id: string | undefined) => targets.get(id ?? '')?.target;
    const { root, path } = a;
    expect(targetOf(prompt?.id)).toEqual({ prompt: 'p1' });
    expect(targetOf(call?.id)).toEqual({ prompt: 'p1', call: 'c1' });
    expect(targetOf(call?.files[0]?.id)).toEqual({
      prompt: 'p1',
      call: 'c1',
      file: { root, path },
    });
    expect(targetOf(prompt?.files[0]?.id)).toEqual({
      prompt: 'p1',
      file: { root: b.root, path: 'b.ts' },
    });
  });

  it('gives nothing to undo for what came of no prompt', () => {
    const { tree, targets } = buildPanelTree(view({ prompts: [], others: [a] }), words);
    expect(tree.prompts).toMatchObject([{ title: 'Outside', undoable: false, fileCount: 1 }]);
    expect(targets.size).toBe(2);
    for (const { target } of targets.values()) expect(target).toBeUndefined();
  });

  it('writes out what is invisible, and cuts what is too long', () => {
    const evil: FileView = { ...a, path: 'src/\u202egpj.exe\n', movedFrom: 'x\u200b' };
    const prompt = { id: 'p', agent: 'K\u200b', title: 'x'.repeat(9_000), start: 1 };
    const calls = [{ id: 'c', tool: 'a\nb', start: 1, files: [evil] }];
    const prompts = [{ ...prompt, files: [evil], calls }];
    const { tree } = buildPanelTree(view({ prompts, gaps: ['\u202e'] }), words);
    const [first] = tree.prompts;
    expect(first?.title).toHaveLength(302);
    expect(first?.detail).toBe('K⟨U+200B⟩ · on 1');
    expect(first?.calls[0]?.tool).toBe('a⟨LF⟩b');
    expect(first?.calls[0]?.files[0]).toMatchObject({
      name: '⟨U+202E⟩gpj.exe⟨LF⟩',
      movedFrom: 'x⟨U+200B⟩',
    });
    expect(tree.gaps).toEqual(['⟨U+202E⟩']);
  });
});

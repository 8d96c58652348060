import { describe, expect, it, vi } from 'vitest';
import { fileView } from '../../../test/support/manyChanges';
import type { PanelMessage, PanelTree } from '../../protocol/changesPanel';
import type { ChangesView, FileView, HunkView } from '../../protocol/changesView';
import { type PanelActions, PanelSession } from './panelSession';

const a = fileView(0, { path: 'a.ts' });

function viewOf(file: FileView): ChangesView {
  const calls = [{ id: 'c', tool: 't', start: 1, files: [file] }];
  const prompts = [{ id: 'p', agent: 'K', start: 1, files: [file], calls }];
  return { prompts, others: [fileView(1)], gaps: [], canRedo: false };
}

function hunk(number: number, text: string): HunkView {
  const lines = [{ mark: '+' as const, text }];
  return { number, standing: 'intact', oldStart: 1, newStart: 1, lines, hidden: 0 };
}

async function start(view: ChangesView = viewOf(a), hunks: HunkView[] = [hunk(1, 'x')]) {
  const actions = {
    view: vi.fn(() => Promise.resolve(view)),
    hunks: vi.fn(() => Promise.resolve<readonly HunkView[]>(hunks)),
    content: vi.fn(() => Promise.resolve<Buffer | undefined>(Buffer.from('12345'))),
    openDiff: vi.fn(() => Promise.resolve()),
    openAll: vi.fn(() => Promise.resolve()),
    undo: vi.fn(() => Promise.resolve()),
    redo: vi.fn(() => Promise.resolve()),
    keep: vi.fn(() => Promise.resolve()),
  } satisfies PanelActions;
  const posted: PanelMessage[] = [];
  const words = {
    tree: {
      momentOf: () => '',
      timeOf: () => '',
      allowedText: () => ({ short: '', full: '' }),
      untitled: '',
      others: '',
    },
    images: {
      none: 'none',
      notHeld: 'lost',
      sizeOf: (bytes: number) => `${bytes} B`,
      tooLarge: (size: string) => size,
    },
    session: {
      changed: 'changed',
      noHunks: 'nothing',
      link: 'link',
      folder: 'folder',
      notKept: 'not kept',
      binary: (before: string, after: string) => `${before}, ${after}`,
    },
  };
  const session = new PanelSession(actions, words, message => posted.push(message));
  await session.handle({ type: 'ready' });
  const { tree } = posted[0] as { tree: PanelTree };
  const call = tree.prompts[0]?.calls[0];
  const ids = {
    prompt: tree.prompts[0]?.id ?? '',
    call: call?.id ?? '',
    a: call?.files[0]?.id ?? '',
  };
  const own = tree.prompts[1]?.files[0]?.id ?? '';
  return { actions, session, posted, ...ids, own, others: tree.prompts[1]?.id ?? '' };
}

const file = { root: a.root, path: 'a.ts' };

describe('PanelSession', () => {
  it('does for an id what was shown under it', async () => {
    const { actions, session, prompt, call, a: fileId } = await start();
    await session.handle({ type: 'undo', node: prompt });
    await session.handle({ type: 'undo', node: call });
    await session.handle({ type: 'undo', node: fileId });
    expect(actions.undo.mock.calls).toEqual([
      [{ prompt: 'p' }],
      [{ prompt: 'p', call: 'c' }],
      [{ prompt: 'p', call: 'c', file }],
    ]);
    await session.handle({ type: 'keep', node: call, keep: true });
    expect(actions.keep).toHaveBeenCalledWith({ prompt: 'p', call: 'c' }, true);
    await session.handle({ type: 'undoAll' });
    expect(actions.undo).toHaveBeenLastCalledWith({});
  });

  it('does nothing for an id that was never given out', async () => {
    const { actions, session, posted } = await start();
    const node = 'AAAAAAAAAAAAAAAA';
    await session.handle({ type: 'undo', node });
    await session.handle({ type: 'keep', node, keep: true });
    await session.handle({ type: 'openDiff', node });
    await session.handle({ type: 'details', file: node });
    await session.handle({ type: 'undoHunk', file: node, hunk: 1 });
    for (const action of [actions.undo, actions.keep, actions.openDiff, actions.hunks]) {
      expect(action).not.toHaveBeenCalled();
    }
    expect(posted).toHaveLength(1);
  });

  it('never undoes or keeps what is not an agent’s', async () => {
    const { actions, session, own, others } = await start();
    for (const node of [own, others]) {
      await session.handle({ type: 'undo', node });
      await session.handle({ type: 'keep', node, keep: true });
    }
    expect(actions.undo).not.toHaveBeenCalled();
    expect(actions.keep).not.toHaveBeenCalled();
  });

  it('undoes the hunk that was shown', async () => {
    const { actions, session, a: id } = await start();
    await session.handle({ type: 'undoHunk', file: id, hunk: 1 });
    expect(actions.undo).not.toHaveBeenCalled();
    await session.handle({ type: 'details', file: id });
    await session.handle({ type: 'undoHunk', file: id, hunk: 1 });
    expect(actions.undo).toHaveBeenCalledWith({ prompt: 'p', call: 'c', file, hunks: [1] });
  });

  it('shows a hunk anew instead of undoing it when its number now means another', async () => {
    const {
      actions,
      session,
      posted,
      a: id,
    } = await start(viewOf(a), [hunk(1, 'x'), hunk(2, 'y')]);
    await session.handle({ type: 'details', file: id });
    actions.hunks.mockResolvedValue([hunk(1, 'y')]);
    await session.handle({ type: 'undoHunk', file: id, hunk: 1 });
    await session.handle({ type: 'undoHunk', file: id, hunk: 2 });
    expect(actions.undo).not.toHaveBeenCalled();
    expect(posted.slice(-2)).toMatchObject([
      { type: 'details', details: { hunks: [{ number: 1, lines: [{ text: 'y' }] }] } },
      { type: 'announce', text: 'changed' },
    ]);
  });

  it.each([
    [{ kind: 'binary', before: 'h1', after: 'h2' }, '5 B, 5 B'],
    [{ kind: 'binary', after: 'h2' }, 'none, 5 B'],
    [{ kind: 'link' }, 'link'],
    [{ kind: 'notKept' }, 'not kept'],
  ] as const)('says of %j %j', async (more, text) => {
    const { session, posted, a: id } = await start(viewOf({ ...a, ...more }));
    await session.handle({ type: 'details', file: id });
    expect(posted.at(-1)).toMatchObject({ details: { type: 'note', text } });
  });

  it('says so when nothing is left to undo', async () => {
    const { session, posted, a: id } = await start(viewOf(a), []);
    await session.handle({ type: 'details', file: id });
    expect(posted.at(-1)).toMatchObject({ details: { type: 'note', text: 'nothing' } });
  });

  it('shows pictures, and which of them is lost', async () => {
    const {
      actions,
      session,
      posted,
      a: id,
    } = await start(viewOf({ ...a, kind: 'image', before: 'h1', after: 'h2' }));
    actions.content.mockResolvedValueOnce(undefined);
    await session.handle({ type: 'details', file: id });
    expect(posted.at(-1)).toMatchObject({
      details: { type: 'images', before: { caption: 'lost' }, after: { caption: '5 B' } },
    });
  });

  it('reads once more when something changes while it reads', async () => {
    const { actions, session, posted } = await start();
    await Promise.all([session.refresh(), session.refresh(), session.refresh()]);
    expect(actions.view).toHaveBeenCalledTimes(3);
    expect(posted.filter(({ type }) => type === 'tree')).toHaveLength(3);
  });
});

import { beforeEach, expect, it, vi } from 'vitest';
import type { FileView } from '../../protocol/changesView';
import { ChangeDiffs } from './changeDiffs';
import type { ChangesSource } from './changesSource';

const calls = vi.hoisted(() => ({ opened: [] as unknown[][], said: [] as string[] }));
vi.mock('vscode', async () => ({
  ...(await import('../../../test/support/fakeVscode')),
  commands: {
    executeCommand: (...args: unknown[]) => calls.opened.push(args),
  },
  window: { showInformationMessage: (text: string) => calls.said.push(text) },
}));

beforeEach(() => {
  calls.opened.length = 0;
  calls.said.length = 0;
});

function filesOf(count: number): FileView[] {
  return Array.from({ length: count }, (_, index) => ({
    root: '/w',
    path: `f${index}`,
    author: 'agent',
    status: 'modified',
    kind: 'text',
    state: 'standing',
  }));
}

/** Opens all changes of one prompt; gives the paths that the editor got. */
async function openAll(files: readonly FileView[]): Promise<string[]> {
  const source: Pick<ChangesSource, 'list' | 'contentUri' | 'fileUri'> = {
    list: () => Promise.resolve({ prompts: [], others: [], gaps: [], canRedo: false }),
    contentUri: ({ path }, side) => ({ path: `${path}@${side}` }) as never,
    fileUri: ({ path }) => ({ path }) as never,
  };
  await new ChangeDiffs(source as ChangesSource).openAll({ files });
  const resources = calls.opened[0]?.[2] as { path: string }[][];
  return resources.map(([label]) => label?.path ?? '');
}

it('opens every file, and says nothing, while the editor bears it', async () => {
  expect(await openAll(filesOf(300))).toHaveLength(300);
  expect(calls.said).toEqual([]);
});

it('opens the newest of ten thousand files, and says that there are more', async () => {
  const opened = await openAll(filesOf(10_000));
  expect([opened.length, opened[0], opened.at(-1)]).toEqual([300, 'f0', 'f299']);
  expect(calls.said).toEqual([expect.stringContaining('300 of 10000')]);
});

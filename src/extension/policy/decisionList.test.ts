import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Journal } from '../../history/journal';
import { COMMANDS } from '../commandIds';
import { showDecisions } from './decisionList';

interface Shown {
  readonly label: string;
  readonly detail?: string;
}

/** What the editor was asked to do, and which row the person takes. */
const editor = vi.hoisted(() => ({
  rows: [] as Shown[],
  choose: (_rows: readonly Shown[]): Shown | undefined => undefined,
  opened: [] as unknown[],
  commands: [] as string[],
}));

vi.mock('vscode', async () => ({
  ...(await import('../../../test/support/fakeVscode')),
  Position: class {
    constructor(
      readonly line: number,
      readonly character: number,
    ) {}
  },
  Range: class {
    constructor(
      readonly start: object,
      readonly end: object,
    ) {}
  },
  Uri: { file: (path: string) => ({ path }) },
  window: {
    showQuickPick: (rows: Shown[]) => {
      editor.rows = rows;
      return Promise.resolve(editor.choose(rows));
    },
    showTextDocument: ({ path }: { path: string }, { selection }: { selection: object }) => {
      editor.opened.push({ path, ...selection });
      return Promise.resolve();
    },
  },
  commands: {
    executeCommand: (command: string) => {
      editor.commands.push(command);
      return Promise.resolve();
    },
  },
}));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkrein-decisions-'));
  Object.assign(editor, { rows: [], opened: [], commands: [] });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Lists one decision by such a rule, and takes it. */
async function take(rule: unknown): Promise<Shown | undefined> {
  new Journal(folder, () => new Date()).append({
    ...{ event: 'decision', command: 'git push', effect: 'deny', code: 'denied' },
    rule,
  });
  editor.choose = ([row]) => row;
  await showDecisions(folder);
  return editor.rows[0];
}

describe('the last decisions', () => {
  it('lead to the line of the rule that decided', async () => {
    const file = join(folder, 'settings.json');
    const row = await take({ pattern: 'git push *', source: { file, line: 7 } });
    expect(row?.label).toBe('$(error) git push');
    expect(row?.detail).toBe(`git push * – ${file}:7`);
    const start = { line: 6, character: 0 };
    expect(editor.opened).toEqual([{ path: file, start, end: start }]);
    expect(editor.commands).toEqual([]);
  });

  it.each([
    ['of a built-in list', { pattern: 'rm *', source: { file: 'built-in' } }],
    ['that a journal gives half', { pattern: 'x', source: { line: 3 } }],
    ['that there is none of', undefined],
  ])('show the policy for a rule %s', async (_name, rule) => {
    await take(rule);
    expect(editor.opened).toEqual([]);
    expect(editor.commands).toEqual([COMMANDS.showPolicy]);
  });

  it('do nothing when none is taken', async () => {
    editor.choose = () => undefined;
    await showDecisions(folder);
    expect([editor.opened, editor.commands]).toEqual([[], []]);
  });
});

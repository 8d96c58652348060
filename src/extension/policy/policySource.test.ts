import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Memento } from 'vscode';
import type { FakeEditor } from '../../../test/support/fakeEditor';
import { Consents } from './consents';
import { PolicySource } from './policySource';
import { SessionTools } from './sessionTools';

const held = vi.hoisted((): { editor?: FakeEditor } => ({}));
vi.mock('vscode', async () => {
  const { FakeEditor: Editor } = await import('../../../test/support/fakeEditor');
  held.editor = new Editor();
  return held.editor.module();
});

let scratch: string;
let editor: FakeEditor;
const opened: PolicySource[] = [];

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'checkrein-source-'));
  vi.stubEnv('HOME', join(scratch, 'home'));
  if (!held.editor) throw new Error('the editor is not there');
  ({ editor } = held);
  mkdirSync(join(scratch, 'one/.vscode'), { recursive: true });
  mkdirSync(join(scratch, 'two/.vscode'), { recursive: true });
  editor.folders = [join(scratch, 'one')];
  editor.workspaceFile = undefined;
  editor.applySettings({ global: {}, workspace: {}, folders: {} });
});

afterEach(() => {
  for (const source of opened.splice(0)) source.dispose();
  vi.unstubAllEnvs();
  rmSync(scratch, { recursive: true, force: true });
});

/** The source of a window; its user settings lie in `scratch/User`. */
function open(): PolicySource {
  const stored = new Map<string, unknown>();
  const memento = {
    get: (key: string, otherwise?: unknown) => stored.get(key) ?? otherwise,
    update: (key: string, value: unknown) => Promise.resolve(void stored.set(key, value)),
    keys: () => [...stored.keys()],
  } as Memento;
  const source = new PolicySource({
    globalStorageFolder: join(scratch, 'User/globalStorage/x'),
    consents: new Consents(memento),
    session: new SessionTools(),
  });
  opened.push(source);
  return source;
}

/** Puts user settings into the editor and into their file. */
function userSettings(values: Record<string, unknown>): string {
  mkdirSync(join(scratch, 'User'), { recursive: true });
  const file = join(scratch, 'User/settings.json');
  writeFileSync(file, JSON.stringify(values, undefined, 1));
  editor.applySettings({ global: values });
  return file;
}

const denied = ({ policy }: PolicySource): readonly string[] =>
  (policy.commands.denied ?? []).map(({ pattern }) => pattern);

describe('settings of the editor that are not right', () => {
  it('a misspelt key says which was meant and where, and makes every call ask', () => {
    const source = open();
    const file = userSettings({ 'editor.tabSize': 2, 'checkrein.deniedComands': ['rm *'] });
    expect(source.effective.problems).toEqual([
      {
        ...{ file, line: 3, column: 2, severity: 'error' },
        message: expect.stringContaining('did you mean "checkrein.deniedCommands"?') as string,
      },
    ]);
    expect(source.policy.blockedBecause).toContain('settings.json:3:2');
    userSettings({ 'checkrein.deniedCommands': ['rm *'] });
    expect(source.effective.problems).toEqual([]);
    expect(denied(source)).toEqual(['rm *']);
  });

  it('a key that is near to none of ours is a warning, and the rest counts', () => {
    const source = open();
    userSettings({ 'checkrein.colour': 'red', 'checkrein.deniedCommands': ['rm *'] });
    expect(source.effective.problems).toMatchObject([{ line: 2, severity: 'warning' }]);
    expect(source.policy.blockedBecause).toBeUndefined();
    expect(denied(source)).toEqual(['rm *']);
  });

  it('a wrong type keeps what the level denied and drops what it let pass', () => {
    const source = open();
    const good = { 'checkrein.deniedCommands': ['rm *'], 'checkrein.trustedCommands': ['make'] };
    userSettings(good);
    expect(source.policy.commands.trusted).toHaveLength(1);
    const file = userSettings({ ...good, 'checkrein.trustedCommands': ['make', 7] });
    expect(source.effective.problems).toMatchObject([
      { file, line: 7, message: 'checkrein.trustedCommands, entry 2, must be a text' },
    ]);
    expect(denied(source)).toEqual(['rm *']);
    expect(source.policy.commands.trusted).toEqual([]);
    // Without a good state before it, everything asks.
    expect(open().policy.blockedBecause).toBeDefined();
  });

  it('says the setting of Kiro that is wrong by its own name', () => {
    const source = open();
    const file = userSettings({ 'kiroAgent.commandDenylist': 'rm' });
    expect(source.effective.problems).toMatchObject([
      { file, line: 2, message: 'kiroAgent.commandDenylist must be a list' },
    ]);
    expect(source.userPolicy.blockedBecause).toBeDefined();
  });

  it.each(['constructor', '__proto__', 'has', ''])('"checkrein.%s" loosens nothing', key => {
    const source = open();
    userSettings({ [`checkrein.${key}`]: { trustedCommands: ['*'] } });
    expect(source.policy.commands.trusted).toEqual([]);
  });
});

describe('settings of a workspace', () => {
  it('a misspelt key there is found in its file', () => {
    const source = open();
    const file = join(scratch, 'one/.vscode/settings.json');
    const workspace = { 'checkrein.neverlist': ['make'] };
    writeFileSync(file, JSON.stringify(workspace));
    editor.applySettings({ workspace });
    expect(source.effective.problems).toMatchObject([{ file, line: 1, column: 2 }]);
  });

  it('every folder of a workspace file counts, also where it has but one', () => {
    const source = open();
    editor.workspaceFile = join(scratch, 'all.code-workspace');
    const folders = { [join(scratch, 'one')]: { 'checkrein.deniedCommands': ['rm *'] } };
    editor.applySettings({ folders });
    expect(denied(source)).toEqual(['rm *']);
  });

  it('Kiro’s denylist of a folder counts, and what a folder trusts waits', () => {
    const source = open();
    editor.folders = [join(scratch, 'one'), join(scratch, 'two')];
    editor.workspaceFile = join(scratch, 'all.code-workspace');
    const values = { 'kiroAgent.commandDenylist': ['dd'], 'kiroAgent.trustedCommands': ['*'] };
    editor.applySettings({ folders: { [join(scratch, 'two')]: values } });
    expect(source.policy.commands.never?.map(({ pattern }) => pattern)).toEqual(['dd *']);
    expect(source.policy.commands.trusted).toEqual([]);
    expect(source.effective.waiting).toHaveLength(1);
  });
});

import { beforeEach, expect, it, vi } from 'vitest';
import type { FakeEditor } from '../../../test/support/fakeEditor';
import { INITIAL_MODE, nextMode, type ModeState } from '../../policy/mode';
import { tellKiro } from './kiroAutonomy';

const editor = vi.hoisted((): { now?: FakeEditor } => ({}));
vi.mock('vscode', async () => {
  const { FakeEditor: Editor } = await import('../../../test/support/fakeEditor');
  editor.now = new Editor();
  return editor.now.module();
});

const OPENED: ModeState = { ...INITIAL_MODE, restricted: false };
const SUPERVISED = nextMode(OPENED, { type: 'toggle' });
const WRITTEN = 'kiroAgent.agentAutonomy';

function kiroOpen(): FakeEditor {
  if (!editor.now) throw new Error('the editor is not there');
  editor.now.installed = ['kiro.kiroAgent'];
  return editor.now;
}

beforeEach(() => {
  const fake = kiroOpen();
  fake.written.length = 0;
  fake.applySettings({ global: {} });
});

it('a toggle writes Kiro’s own switch, there and back', async () => {
  const { written } = kiroOpen();
  await tellKiro(SUPERVISED);
  await tellKiro(nextMode(SUPERVISED, { type: 'toggle' }));
  expect(written).toEqual([
    [WRITTEN, 'Supervised', 'global'],
    [WRITTEN, 'Autopilot', 'global'],
  ]);
});

it('writes nothing when Kiro says so already, or when the agent is interrupted', async () => {
  const fake = kiroOpen();
  fake.applySettings({ global: { [WRITTEN]: 'Supervised' } });
  await tellKiro(SUPERVISED);
  await tellKiro(nextMode(OPENED, { type: 'interrupt' }));
  expect(fake.written).toEqual([]);
});

it('writes nothing in an editor that is not Kiro', async () => {
  const fake = kiroOpen();
  fake.installed = ['some.other'];
  await tellKiro(SUPERVISED);
  expect(fake.written).toEqual([]);
});

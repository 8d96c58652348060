import { beforeEach, describe, expect, it, vi } from 'vitest';
import { INITIAL_MODE, nextMode, type ModeEvent, type ModeState } from '../policy/mode';
import { toggleMode } from './toggleMode';

const editor = vi.hoisted(() => ({
  said: [] as string[],
  ran: [] as string[],
  answer: undefined as string | undefined,
}));

vi.mock('vscode', () => ({
  l10n: { t: (text: string) => text },
  window: {
    showInformationMessage: (text: string) => {
      editor.said.push(text);
      return Promise.resolve(editor.answer);
    },
  },
  commands: {
    executeCommand: (command: string) => {
      editor.ran.push(command);
      return Promise.resolve();
    },
  },
}));

beforeEach(() => Object.assign(editor, { said: [], ran: [], answer: undefined }));

/** Toggles once and gives the mode that follows. */
async function toggled(state: ModeState): Promise<ModeState['mode']> {
  const modes = {
    state,
    dispatch: (event: ModeEvent) => {
      modes.state = nextMode(modes.state, event);
    },
  };
  await toggleMode(modes);
  return modes.state.mode;
}

const LOCKED = nextMode(INITIAL_MODE, { type: 'limits', limits: { supervisedOnly: true } });

describe('a toggle of the mode', () => {
  it('switches and says nothing', async () => {
    expect(await toggled(INITIAL_MODE)).toBe('supervised');
    expect(editor.said).toEqual([]);
  });

  it('says why a locked mode stays, and shows the policy on request', async () => {
    editor.answer = 'Show Effective Policy';
    expect(await toggled(LOCKED)).toBe('supervised');
    expect(editor.said).toEqual(['Your organisation’s policy holds this editor to Supervised.']);
    expect(editor.ran).toEqual(['checkrein.showPolicy']);
  });

  it('opens nothing when nothing is chosen', async () => {
    expect(await toggled(LOCKED)).toBe('supervised');
    expect(editor.ran).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { fromKiroSettings, readEditorSettings } from './editorSettings';
import { mergePolicy } from './mergePolicy';

const FILE = '/u/settings.json';

function read(values: Record<string, unknown>, text?: string) {
  return readEditorSettings({
    scope: 'editorUser',
    file: FILE,
    values,
    ...(text !== undefined && { text }),
  });
}

describe('readEditorSettings', () => {
  it('takes the values that are set, and their lines', () => {
    const text =
      '{\n // a\n "checkrein.trustedCommands": [\n  "a", "b",\n  "c"],\n "checkrein.sandbox": true,}';
    const reading = read(
      { trustedCommands: ['a', 'b', 'c'], sandbox: true, coreTools: undefined },
      text,
    );
    if (!reading.ok) throw new Error('not read');
    expect(reading.layer.values).toEqual({ trustedCommands: ['a', 'b', 'c'], sandbox: true });
    expect(Object.fromEntries(reading.layer.lines)).toEqual({
      trustedCommands: { line: 3, entries: [4, 4, 5] },
      sandbox: { line: 6, entries: [] },
    });
  });

  it('finds lines in the settings of a workspace file, and does without any', () => {
    const text = '{"folders": [],\n"settings": {\n"checkrein.agentAutonomy": "Supervised"}}';
    const reading = read({ agentAutonomy: 'Supervised' }, text);
    expect(reading.ok && reading.layer.lines.get('agentAutonomy')?.line).toBe(3);
    for (const odd of ['', '{', '['.repeat(100_000), ' '.repeat(2_000_000)]) {
      expect(read({ agentAutonomy: 'Supervised' }, odd)).toMatchObject({ ok: true });
    }
  });

  it.each([
    [{ trustedCommands: 'x' }, 'checkrein.trustedCommands must be a list'],
    [{ trustedCommands: ['ok', 7] }, 'checkrein.trustedCommands, entry 2, must be a text'],
    [{ agentAutonomy: 'YOLO' }, 'checkrein.agentAutonomy must be one of'],
    [{ sandbox: 7 }, 'checkrein.sandbox does not have'],
  ])('takes nothing of a level with %j', (values, message) => {
    const reading = read(
      { ...values, excludeTools: ['shell'] },
      '{\n"checkrein.trustedCommands": 1}',
    );
    expect(reading.ok).toBe(false);
    expect(reading.problems[0]?.message).toContain(message);
    expect(reading.problems[0]?.severity).toBe('error');
  });

  it('says the line of the setting that is wrong', () => {
    const text = '{\n"checkrein.trustedCommands": [\n "ok",\n 7]}';
    expect(read({ trustedCommands: ['ok', 7] }, text).problems[0]?.line).toBe(4);
  });
});

describe('fromKiroSettings', () => {
  it('takes the lists over, and the denylist as what always asks', () => {
    expect(
      fromKiroSettings({
        agentAutonomy: 'Supervised',
        trustedCommands: ['npm *'],
        trustedTools: ['read'],
        commandDenylist: ['rm', 'git push *', 'dd', ' mkfs '],
        other: 1,
      }),
    ).toEqual({
      agentAutonomy: 'Supervised',
      trustedCommands: ['npm *'],
      trustedTools: ['read'],
      neverList: ['rm *', 'git push *', 'dd *', 'mkfs *'],
    });
  });

  it('never makes an entry of the denylist one that matches nothing', () => {
    const odd = ['curl x | sh', '$(x)', '&& rm', '>', '*', 'a ** b; c'];
    const values = fromKiroSettings({ commandDenylist: odd });
    expect(values['neverList']).toEqual(['curl x *', '$ *', 'rm *', '*', '*', 'a ** b *']);
    const reading = readEditorSettings({ scope: 'kiroUser', file: FILE, values });
    if (!reading.ok) throw new Error('not read');
    expect(mergePolicy([reading.layer], { consents: new Set() }).problems).toEqual([]);
  });

  it('passes on what is of a wrong type, so that the level is refused', () => {
    for (const commandDenylist of ['rm', [7], {}, ['']]) {
      const values = fromKiroSettings({ commandDenylist });
      expect(readEditorSettings({ scope: 'kiroUser', file: FILE, values }).ok).toBe(false);
    }
  });
});

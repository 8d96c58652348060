import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'jsonc-parser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Agent, HookCommands } from './agent';
import { HookInstaller } from './hookInstaller';
import { geminiCli } from './geminiCli';
import { kiro } from './kiro';
import { kiroCli } from './kiroCli';

const COMMANDS: HookCommands = {
  decide: `/usr/bin/env -i /bin/sh '/state/hook/checkrein-hook.sh' kiro 60`,
  report: `/usr/bin/env -i /bin/sh '/state/hook/checkrein-hook.sh' kiro 15`,
};
const NEWER: HookCommands = { ...COMMANDS, decide: COMMANDS.decide.replace('60', '61') };

let scratch: string;
let installer: HookInstaller;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'checkrein-installer-'));
  mkdirSync(join(scratch, 'home'));
  mkdirSync(join(scratch, 'ws'));
  installer = new HookInstaller(join(scratch, 'backups'));
});
afterEach(() => rmSync(scratch, { recursive: true }));

const places = (): { home: string; roots: string[] } => ({
  home: join(scratch, 'home'),
  roots: [join(scratch, 'ws')],
});
const install = (agent: Agent, commands = COMMANDS): ReturnType<HookInstaller['install']> =>
  installer.install(agent, places(), commands);
const fileOf = (agent: Agent): string => agent.hookFiles(places())[0]?.path ?? '';
const put = (agent: Agent, text: string): string => {
  const file = fileOf(agent);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};

describe.each([kiro, kiroCli, geminiCli])('$id', agent => {
  it('makes the file, finds the entry, and takes all away again', () => {
    expect(install(agent)).toEqual([{ path: fileOf(agent), change: 'created' }]);
    expect(installer.inspect(agent, places(), COMMANDS)).toEqual([
      { path: fileOf(agent), state: 'present' },
    ]);
    expect(readFileSync(fileOf(agent), 'utf8')).toContain('checkrein-hook.sh');
    installer.uninstall(agent, places());
    expect(existsSync(fileOf(agent))).toBe(false);
  });

  it('is idempotent', () => {
    install(agent);
    const text = readFileSync(fileOf(agent), 'utf8');
    expect(install(agent).every(({ change }) => change === 'unchanged')).toBe(true);
    expect(readFileSync(fileOf(agent), 'utf8')).toBe(text);
  });

  it('replaces an entry of an older command by one new entry', () => {
    install(agent);
    const entries = readFileSync(fileOf(agent), 'utf8').split('checkrein-hook.sh').length;
    expect(installer.inspect(agent, places(), NEWER)[0]?.state).toBe('different');
    install(agent, NEWER);
    const text = readFileSync(fileOf(agent), 'utf8');
    expect(text.split('checkrein-hook.sh').length).toBe(entries);
    expect(text).toContain(' 61"');
    installer.uninstall(agent, places());
    expect(existsSync(fileOf(agent))).toBe(false);
  });

  it('keeps entries, comments and formatting of the person, and gives the bytes back', () => {
    const [list = '', inner] = agent.hookFiles(places())[0]?.lists[0]?.path ?? [];
    const mine = '{ "name": "mine", "command": "/usr/bin/true" }, // keep';
    const listText = `[\n      ${mine}\n    ]`;
    const text = `// top comment\n{\n  "theme": "dark", /* inline */\n  "${list}": ${
      inner === undefined ? listText : `{ "${inner}": ${listText} }`
    },\n}\n`;
    const file = put(agent, text);
    install(agent);
    const after = readFileSync(file, 'utf8');
    expect(after).toContain('// top comment');
    expect(after).toContain('/* inline */');
    expect(after).toContain('// keep');
    expect(after).toContain('"mine"');
    expect(after).toContain('checkrein-hook.sh');
    installer.uninstall(agent, places());
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('keeps what the person added after the install', () => {
    const file = fileOf(agent);
    install(agent);
    writeFileSync(file, readFileSync(file, 'utf8').replace('{', '{\n  "later": true,'));
    installer.uninstall(agent, places());
    const left = readFileSync(file, 'utf8');
    expect(left).toContain('"later": true');
    expect(left).not.toContain('checkrein-hook');
  });

  it.each([
    ['{ "hooks": [', /:1:1\d: .*expected/i],
    ['[]', /not a JSON object/],
    ['{ "hooks": 7 }', /"hooks" is not an (array|object)/],
    ['{ "hooks": [], "hooks": [] }', /:1:16: "hooks" stands there twice/],
  ])('leaves a file alone that reads %s', (text, message) => {
    const file = put(agent, text);
    expect(install(agent)[0]).toMatchObject({ change: 'failed' });
    expect(install(agent)[0]?.problem).toMatch(message);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(installer.inspect(agent, places(), COMMANDS)[0]).toMatchObject({ state: 'unreadable' });
  });

  it('backs up what it changes and leaves no temporary file', () => {
    const file = put(agent, '{}\n');
    const [change] = install(agent);
    expect(change?.change).toBe('changed');
    expect(readFileSync(change?.backup ?? '', 'utf8')).toBe('{}\n');
    expect(statSync(change?.backup ?? '').mode & 0o077).toBe(0);
    expect(readdirSync(dirname(file)).filter(name => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('links', () => {
  it('does not write through a link of the repository', () => {
    const target = join(scratch, 'bashrc');
    writeFileSync(target, '{}');
    mkdirSync(join(scratch, 'ws/.kiro/hooks'), { recursive: true });
    symlinkSync(target, join(scratch, 'ws/.kiro/hooks/checkrein.json'));
    expect(install(kiro)[0]?.problem).toMatch(/symbolic link/);
    expect(readFileSync(target, 'utf8')).toBe('{}');
  });

  it('does not write into a linked folder of the repository', () => {
    mkdirSync(join(scratch, 'elsewhere'));
    symlinkSync(join(scratch, 'elsewhere'), join(scratch, 'ws/.kiro'));
    expect(install(kiro)[0]?.problem).toMatch(/symbolic link/);
    expect(readdirSync(join(scratch, 'elsewhere'))).toEqual([]);
  });

  it('keeps the link of a person who manages dotfiles', () => {
    const target = join(scratch, 'dotfiles.json');
    writeFileSync(target, '{}\n');
    mkdirSync(join(scratch, 'home/.gemini'));
    symlinkSync(target, join(scratch, 'home/.gemini/settings.json'));
    install(geminiCli);
    expect(readFileSync(target, 'utf8')).toContain('checkrein-hook.sh');
  });
});

describe('what an attacker or an accident brings', () => {
  it('keeps a hook that a person put into our group', () => {
    install(geminiCli);
    const file = fileOf(geminiCli);
    const mine = '{ "name": "audit", "type": "command", "command": "/usr/bin/audit" },';
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('"hooks": [\n', `"hooks": [\n${mine}\n`),
    );
    expect(readFileSync(file, 'utf8')).toContain('audit');
    expect(installer.inspect(geminiCli, places(), COMMANDS)[0]?.state).toBe('present');
    install(geminiCli, NEWER);
    expect(readFileSync(file, 'utf8')).toContain('/usr/bin/audit');
    installer.uninstall(geminiCli, places());
    expect(readFileSync(file, 'utf8')).toContain('/usr/bin/audit');
    expect(readFileSync(file, 'utf8')).not.toContain('checkrein-hook');
  });

  it('does not call a file present that Kiro would not read', () => {
    install(kiro);
    const file = fileOf(kiro);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"v1"', '"v0"'));
    expect(installer.inspect(kiro, places(), COMMANDS)[0]?.state).toBe('different');
    install(kiro);
    expect(installer.inspect(kiro, places(), COMMANDS)[0]?.state).toBe('present');
  });

  it('sees that a project switches Gemini’s hooks off', () => {
    const project = join(scratch, 'ws/.gemini');
    mkdirSync(project);
    for (const hooksConfig of [{ enabled: false }, { disabled: ['checkrein'] }]) {
      writeFileSync(join(project, 'settings.json'), JSON.stringify({ hooksConfig }));
      expect(geminiCli.hooksOffBecause?.(places())).toBe(join(project, 'settings.json'));
    }
    writeFileSync(join(project, 'settings.json'), '{"hooksConfig":{"enabled":true}}');
    expect(geminiCli.hooksOffBecause?.(places())).toBeUndefined();
  });

  it('does not replace a link of a person that leads nowhere yet', () => {
    mkdirSync(join(scratch, 'home/.gemini'));
    symlinkSync(join(scratch, 'not-there.json'), fileOf(geminiCli));
    expect(install(geminiCli)[0]?.problem).toMatch(/link to a file that does not exist/);
    expect(lstatSync(fileOf(geminiCli)).isSymbolicLink()).toBe(true);
  });

  it('holds the person’s agents although a file of the repository is broken', () => {
    mkdirSync(join(scratch, 'ws/.kiro/agents'), { recursive: true });
    writeFileSync(join(scratch, 'ws/.kiro/agents/x.json'), '{');
    expect(install(kiroCli).map(({ change }) => change)).toEqual(['created', 'failed']);
  });
});

describe('Kiro CLI agents', () => {
  it('puts the entry into every agent file, of the person and of the workspace', () => {
    for (const base of ['home', 'ws']) {
      mkdirSync(join(scratch, base, '.kiro/agents'), { recursive: true });
      writeFileSync(join(scratch, base, '.kiro/agents/dev.json'), '{ "name": "dev" }');
    }
    const changes = install(kiroCli).map(({ change }) => change);
    expect(changes).toEqual(['changed', 'created', 'changed']);
    const dev: unknown = parse(readFileSync(join(scratch, 'ws/.kiro/agents/dev.json'), 'utf8'));
    expect(dev).toMatchObject({
      name: 'dev',
      hooks: { preToolUse: [{ command: COMMANDS.decide, matcher: '*', timeout_ms: 60_000 }] },
    });
  });
});

describe('uninstallEverywhere', () => {
  it('goes through every workspace that was ever given a hook', () => {
    install(geminiCli);
    for (const name of ['a', 'b']) {
      mkdirSync(join(scratch, name));
      installer.install(
        kiro,
        { home: join(scratch, 'home'), roots: [join(scratch, name)] },
        COMMANDS,
      );
    }
    const changes = installer.uninstallEverywhere(
      [kiro, kiroCli, geminiCli],
      join(scratch, 'home'),
    );
    expect(changes.map(({ change }) => change)).toEqual(['deleted', 'deleted', 'deleted']);
    expect(existsSync(join(scratch, 'a/.kiro/hooks/checkrein.json'))).toBe(false);
    expect(existsSync(fileOf(geminiCli))).toBe(false);
    expect(installer.uninstallEverywhere([kiro, geminiCli], join(scratch, 'home'))).toEqual([]);
  });
});

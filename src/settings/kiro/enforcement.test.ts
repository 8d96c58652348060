import {
  chmodSync,
  existsSync,
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
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_POLICY, type Policy } from '../../policy/policy';
import { applyEnforcement, driftOf, planEnforcement, undoEnforcement } from './enforcement';
import type { EnforcementPolicies, KiroPlaces } from './findTargets';
import { workspaceHash } from './workspaceFolder';

let scratch: string;
let places: KiroPlaces;
let root: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'checkrein-kiro-'));
  places = {
    home: join(scratch, 'home'),
    stateHome: join(scratch, 'state'),
    backups: join(scratch, 'state/backups'),
    platform: 'linux',
  };
  root = join(scratch, 'project');
  mkdirSync(root);
});
afterEach(() => rmSync(scratch, { recursive: true }));

const NOW = (): Date => new Date('2026-01-02T03:04:05Z');
const trusting = (...patterns: readonly string[]): Policy => ({
  ...EMPTY_POLICY,
  commands: {
    trusted: patterns.map(pattern => ({
      effect: 'allow',
      pattern,
      source: { file: '/p.json', line: 2 },
    })),
  },
});
const policies = (
  policy = trusting('npm test'),
  extra: Partial<EnforcementPolicies> = {},
): EnforcementPolicies => ({
  user: EMPTY_POLICY,
  workspaces: [{ root, policy }],
  ...extra,
});
const userFile = (): string => join(places.home, '.kiro/settings/permissions.yaml');
const workspaceFile = (): string =>
  join(places.home, '.kiro/workspace-roots', workspaceHash(root), 'permissions.yaml');
const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};
const read = (path: string): string => readFileSync(path, 'utf8');
const apply = (of = policies()): ReturnType<typeof applyEnforcement> =>
  applyEnforcement(planEnforcement(of, places), places, NOW);
const drift = (of = policies()): Record<string, string> =>
  Object.fromEntries(driftOf(of, places).map(({ path, state }) => [path, state]));

describe('planEnforcement', () => {
  it('writes beside ~/.kiro where KIRO_HOME leads, and takes it out there too', () => {
    const moved = join(scratch, 'moved');
    places = { ...places, movedKiroHome: moved };
    apply();
    for (const home of [join(places.home, '.kiro'), moved]) {
      expect(read(join(home, 'settings/permissions.yaml'))).toContain('.kiro');
      const folder = join(home, 'workspace-roots', workspaceHash(root));
      expect(read(join(folder, 'permissions.yaml'))).toContain('npm test');
    }
    expect(read(join(moved, 'settings/permissions.yaml'))).toContain(moved);
    expect(Object.values(drift())).toEqual(['inPlace', 'inPlace', 'inPlace', 'inPlace']);
    undoEnforcement(places);
    expect(existsSync(join(moved, 'settings/permissions.yaml'))).toBe(false);
  });

  it('writes nothing where KIRO_HOME leads into the workspace', () => {
    places = { ...places, movedKiroHome: join(root, 'kiro') };
    const plan = planEnforcement(policies(), places).find(
      ({ path }) => path === join(root, 'kiro'),
    );
    expect(plan?.problem).toContain('KIRO_HOME');
    apply();
    expect(readdirSync(root)).toEqual([]);
  });

  it('says when there are more agents than it writes into', () => {
    const folder = join(places.home, '.kiro/agents');
    for (let n = 0; n < 201; n += 1) write(join(folder, `agent${n}.json`), '{"name": "a"}');
    const plans = planEnforcement(policies(), places);
    expect(plans.filter(({ path }) => path.startsWith(join(folder, 'a')))).toHaveLength(200);
    const said = plans.find(({ path }) => path === folder);
    expect(said?.problem).toContain('holds 201 agents');
  });

  it('writes nothing and says what it would', () => {
    const plans = planEnforcement(policies(trusting('npm test *')), places);
    expect(plans.map(({ path }) => path)).toEqual([userFile(), workspaceFile()]);
    expect(plans[0]?.before).toBeUndefined();
    expect(plans[0]?.after).not.toContain('effect: allow');
    expect(plans[1]?.after).toContain('"npm test"');
    expect(plans[1]?.notes).toEqual([
      expect.stringMatching(/"npm test \*" \(\/p\.json:2\): Kiro runs only/),
    ]);
    expect(existsSync(places.home)).toBe(false);
    expect(existsSync(places.stateHome)).toBe(false);
  });

  it('does not hide rules that stand in a JSON file', () => {
    write(userFile().replace('.yaml', '.json'), '{"rules": []}');
    const [plan] = planEnforcement(policies(), places);
    expect(plan?.problem).toContain('permissions.json is in use');
    expect(apply()[0]).toMatchObject({ change: 'failed' });
    expect(existsSync(userFile())).toBe(false);
  });

  it('leaves a file alone that Kiro would not read, and plans the others', () => {
    write(userFile(), 'rules:\n  - capability: shell\n    efect: deny\n');
    const [user, workspace] = planEnforcement(policies(), places);
    expect(user?.problem).toContain(`${userFile()}:2: `);
    expect(workspace?.problem).toBeUndefined();
    const changes = apply();
    expect(changes.map(({ change }) => change)).toEqual(['failed', 'created']);
    expect(read(userFile())).toContain('efect');
  });

  it('takes only agent files that are the home’s or picked', () => {
    const text = '{"allowedTools": ["fs_read"]}\n';
    const own = join(places.home, '.kiro/agents/own.json');
    const picked = join(root, '.kiro/agents/picked.json');
    const other = join(root, '.kiro/agents/other.json');
    for (const path of [own, picked, other]) write(path, text);
    const outside = join(scratch, 'x.json');
    const plans = planEnforcement(policies(undefined, { agentFiles: [picked, outside] }), places);
    expect(plans.map(({ path }) => path).slice(2)).toEqual([own, picked, outside]);
    expect(plans[2]?.after).not.toContain('allowedCommands');
    expect(plans[3]?.after).toContain('allowedCommands');
    expect(plans[4]?.problem).toContain('no agent file');
  });
});

describe('applyEnforcement', () => {
  it('makes, changes and leaves files, with a backup of what was there', () => {
    write(workspaceFile(), '# mine\nrules:\n  - capability: mcp\n    effect: deny\n');
    chmodSync(workspaceFile(), 0o600);
    const [user, workspace] = apply();
    expect(user).toEqual({ path: userFile(), change: 'created' });
    expect(workspace).toMatchObject({ path: workspaceFile(), change: 'changed' });
    expect(read(workspace?.backup ?? '')).toContain('# mine');
    expect(read(workspaceFile())).toContain('# mine');
    expect(statSync(workspaceFile()).mode & 0o777).toBe(0o600);
    expect(apply().map(({ change }) => change)).toEqual(['unchanged', 'unchanged']);
    expect(readdirSync(dirname(userFile()))).toEqual(['permissions.yaml']);
  });

  it('refuses a plan that is no longer true', () => {
    const plans = planEnforcement(policies(), places);
    write(userFile(), '# new\n');
    const [user, workspace] = applyEnforcement(plans, places, NOW);
    expect(user).toMatchObject({
      change: 'failed',
      problem: expect.stringContaining('has changed') as string,
    });
    expect(workspace?.change).toBe('created');
    expect(read(userFile())).toBe('# new\n');
  });

  it('refuses a plan that somebody has altered', () => {
    const plans = planEnforcement(policies(), places).map(plan => ({
      ...plan,
      after: `${plan.after ?? ''}  - capability: shell\n    effect: allow\n    why: x\n`,
    }));
    expect(applyEnforcement(plans, places, NOW).map(({ change }) => change)).toEqual([
      'failed',
      'failed',
    ]);
  });

  it('writes the file behind a link of the person’s', () => {
    const dotfile = join(scratch, 'dotfiles/permissions.yaml');
    write(dotfile, '# mine\n');
    mkdirSync(dirname(userFile()), { recursive: true });
    symlinkSync(dotfile, userFile());
    apply();
    expect(read(dotfile)).toContain('# mine');
    expect(read(dotfile)).toContain('checkrein');
  });

  it('does not write through a link of a repository', () => {
    const target = join(scratch, 'target.json');
    write(target, '{"allowedTools": []}');
    const picked = join(root, '.kiro/agents/picked.json');
    mkdirSync(dirname(picked), { recursive: true });
    symlinkSync(target, picked);
    const changes = apply(policies(undefined, { agentFiles: [picked] }));
    expect(changes[2]).toMatchObject({
      change: 'failed',
      problem: expect.stringContaining('symbolic link') as string,
    });
    expect(read(target)).toBe('{"allowedTools": []}');
  });
});

describe('undoEnforcement', () => {
  const undo = (): ReturnType<typeof undoEnforcement> => undoEnforcement(places, NOW);

  it('gives back the very bytes and deletes what was made', () => {
    const mine = 'rules:   [] # mine\r\npolicies: [read-all]\r\n';
    const agent = join(places.home, '.kiro/agents/a.json');
    write(workspaceFile(), mine);
    write(agent, '{"allowedTools":   ["*"]}');
    apply();
    apply(policies(trusting('npm run build')));
    expect(
      undo()
        .map(({ change }) => change)
        .sort(),
    ).toEqual(['changed', 'changed', 'deleted']);
    expect(existsSync(userFile())).toBe(false);
    expect(read(workspaceFile())).toBe(mine);
    expect(read(agent)).toBe('{"allowedTools":   ["*"]}');
    expect(undo()).toEqual([]);
  });

  it('keeps what others wrote since', () => {
    apply();
    writeFileSync(
      userFile(),
      `${read(userFile())}  - capability: mcp # theirs\n    effect: deny\n`,
    );
    undo();
    expect(read(userFile())).toBe('rules:\n  - capability: mcp # theirs\n    effect: deny\n');
  });

  it('finds rules whose marks another program has dropped', () => {
    apply();
    const bare = read(userFile())
      .split('\n')
      .filter(line => !line.includes('checkrein:') && !line.includes('<<<'))
      .join('\n');
    writeFileSync(userFile(), `${bare}  - capability: mcp\n    effect: deny\n`);
    expect(drift()[userFile()]).toBe('inPlace');
    undo();
    expect(read(userFile())).toBe('rules:\n  - capability: mcp\n    effect: deny\n');
  });

  it('deletes a file that it made, though somebody has changed our part', () => {
    apply();
    writeFileSync(userFile(), read(userFile()).replace('"sudo"', '"sudo2"'));
    apply();
    undo();
    expect(existsSync(userFile())).toBe(false);
  });

  it('passes over a file that is gone and leaves one that cannot be read', () => {
    apply();
    rmSync(userFile());
    writeFileSync(workspaceFile(), 'rules: [');
    expect(
      undo()
        .map(({ change }) => change)
        .sort(),
    ).toEqual(['failed', 'unchanged']);
    expect(read(workspaceFile())).toBe('rules: [');
  });
});

describe('driftOf', () => {
  it('tells every state', () => {
    expect(drift()).toEqual({ [userFile()]: 'missing', [workspaceFile()]: 'missing' });
    apply();
    expect(drift()).toEqual({ [userFile()]: 'inPlace', [workspaceFile()]: 'inPlace' });
    expect(drift(policies(trusting('npm run build')))[workspaceFile()]).toBe('outdated');
    writeFileSync(userFile(), read(userFile()).replace('"sudo"', '"sudo2"'));
    expect(drift()[userFile()]).toBe('changed');
    expect(planEnforcement(policies(), places)[0]?.notes[0]).toContain('somebody has changed');
    writeFileSync(userFile(), 'rules: []\n');
    expect(drift()[userFile()]).toBe('missing');
    writeFileSync(userFile(), 'rules: [');
    expect(drift()[userFile()]).toBe('unreadable');
  });

  it('does not mind rules of other people', () => {
    apply();
    writeFileSync(
      userFile(),
      `# theirs\n${read(userFile())}  - capability: mcp\n    effect: deny\n`,
    );
    expect(drift()[userFile()]).toBe('inPlace');
  });
});

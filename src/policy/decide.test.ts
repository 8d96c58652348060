import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision, Rule } from './decision';
import { decide } from './decide';
import type { Mode } from './mode';
import { EMPTY_POLICY, type DecisionState, type Policy } from './policy';
import type { Capability, ToolCall, TouchedPath } from './toolCall';

const ROOT = '/home/me/project';

function policy(...patterns: string[]): Policy {
  const rule = (pattern: string): Rule => ({ effect: 'allow', pattern, source: { file: 'user' } });
  return { ...EMPTY_POLICY, commands: { trusted: patterns.map(rule) } };
}

function state(mode: Mode = 'autopilot', restricted = false): DecisionState {
  return {
    mode: { mode, resumeTo: 'autopilot', restricted, trustAll: false },
    paths: { roots: [ROOT], home: '/home/me', stateHome: '/home/me/.local/share/checkrein' },
  };
}

function at(path: string, real = path): TouchedPath {
  return { path, real };
}

function call(capability: Capability, more: Partial<ToolCall> = {}): ToolCall {
  return { agent: 'kiro', sessionId: 's', tool: 't', capability, cwd: ROOT, input: {}, ...more };
}

function shell(text: string, cwd = at(ROOT)): ToolCall {
  return call('shell', { command: { text, dialect: 'bash', cwd } });
}

function brief({ effect, code }: Decision): string {
  return `${effect} ${code}`;
}

describe('decide', () => {
  const write = call('write', { paths: [at(`${ROOT}/src/a.ts`)] });
  const read = call('read', { paths: [at(`${ROOT}/src/a.ts`)] });

  it.each<[string, ToolCall, Policy, DecisionState]>([
    ['allow readTool', read, policy(), state()],
    ['allow readTool', call('read', { paths: [] }), policy(), state('supervised')],
    ['allow insideWorkspace', write, policy(), state()],
    ['ask supervised', write, policy(), state('supervised')],
    ['ask restricted', write, policy(), state('autopilot', true)],
    ['ask restricted', read, policy(), state('autopilot', true)],
    ['deny interrupted', read, policy('*'), state('interrupted')],
    ['deny interrupted', shell('ls'), policy('*'), state('interrupted', true)],
    ['allow trustedCommand', shell('npm test'), policy('npm test'), state()],
    ['ask supervised', shell('npm test'), policy('npm test'), state('supervised')],
    ['ask restricted', shell('npm test'), policy('npm test'), state('autopilot', true)],
    ['ask untrustedCommand', shell('npm test'), policy(), state()],
    ['ask neverList', shell('sudo ls'), policy('*'), state()],
    ['ask neverList', shell('sudo ls'), policy('*'), state('supervised')],
    ['ask outsideWorkspace', shell('npm test', at('/tmp')), policy('*'), state()],
    ['ask outsideWorkspace', shell('ls', at(ROOT, '/etc')), policy('*'), state()],
    ['ask untrustedTool', call('mcp'), policy('*'), state()],
    ['ask untrustedTool', call('web'), policy('*'), state()],
    ['ask untrustedTool', call('subagent'), policy('*'), state()],
    ['ask untrustedTool', call('other'), policy('*'), state()],
    ['ask unknownPath', call('write'), policy('*'), state()],
    ['ask unknownField', { ...read, unknownField: 'x' }, policy(), state()],
    ['ask unknownField', { ...shell('ls'), unknownField: 'env' }, policy('*'), state()],
  ])('%s', (expected, toolCall, rules, now) => {
    expect(brief(decide(toolCall, rules, now))).toBe(expected);
  });

  it.each<[string, Capability, TouchedPath]>([
    ['ask protectedPath', 'write', at(`${ROOT}/.kiro/hooks/x.json`)],
    ['ask protectedPath', 'write', at(`${ROOT}/notes.txt`, `${ROOT}/.git/hooks/pre-commit`)],
    ['allow readTool', 'read', at(`${ROOT}/.vscode/settings.json`)],
    ['ask secretFile', 'read', at(`${ROOT}/.env`)],
    ['ask secretFile', 'read', at(`${ROOT}/innocent`, `${ROOT}/.env`)],
    ['ask secretFile', 'write', at(`${ROOT}/.env`)],
    ['ask outsideWorkspace', 'read', at('/etc/passwd')],
    ['ask outsideWorkspace', 'read', at(`${ROOT}/link`, '/etc/passwd')],
    ['ask outsideWorkspace', 'write', at('/tmp/x')],
    ['ask outsideWorkspace', 'write', at('/home/me/project-2/x')],
  ])('%s for a %s of %j', (expected, capability, path) => {
    const inside = at(`${ROOT}/ok`);
    const toolCall = call(capability, { paths: [inside, path] });
    expect(brief(decide(toolCall, policy('*'), state()))).toBe(expected);
  });

  it('offers no lasting approval for the never list and protected paths', () => {
    const never = decide(shell('sudo rm -rf /'), policy('*'), state());
    expect(never).toMatchObject({ destructive: true, scopes: ['once'] });
    const hook = call('write', { paths: [at(`${ROOT}/.kiro/hooks/x.json`)] });
    expect(decide(hook, policy(), state()).scopes).toEqual(['once']);
  });

  it('asks once for a command that writes to a protected file behind a link', () => {
    const link = {
      ...at(`${ROOT}/todo.md`, `${ROOT}/.vscode/tasks.json`),
      access: 'write',
    } as const;
    const command = { text: 'ls', dialect: 'bash', cwd: at(ROOT), links: [link] } as const;
    const decision = decide(call('shell', { command }), policy('*'), state());
    expect(brief(decision)).toBe('ask protectedPath');
    expect(decision.scopes).toEqual(['once']);
  });

  it('offers "always" only for a command that a pattern can cover', () => {
    expect(decide(shell('npm test'), policy(), state()).scopes).toContain('always');
    expect(decide(shell('npm test && npm run lint'), policy(), state()).scopes).toContain('always');
    expect(decide(shell('npm test > out.txt'), policy(), state()).scopes).not.toContain('always');
    expect(decide(call('mcp'), policy(), state()).scopes).not.toContain('always');
  });

  it('never allows anything but reads in Supervised, and nothing when restricted', () => {
    const capabilities: Capability[] = ['write', 'shell', 'web', 'mcp', 'subagent', 'other'];
    const anyCall = fc.record({ capability: fc.constantFrom(...capabilities), text: fc.string() });
    fc.assert(
      fc.property(anyCall, ({ capability, text }) => {
        const toolCall = { ...shell(text), capability, paths: [at(`${ROOT}/${text}`)] };
        expect(decide(toolCall, policy('*'), state('supervised')).effect).not.toBe('allow');
        expect(decide(toolCall, policy('*'), state('autopilot', true)).effect).not.toBe('allow');
      }),
    );
  });

  it('never throws and always says why, on any command', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => {
        const decision = decide(shell(text), policy('*', text), state());
        expect(decision.reason.length).toBeGreaterThan(0);
      }),
    );
  });
});

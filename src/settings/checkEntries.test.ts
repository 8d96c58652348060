import { describe, expect, it } from 'vitest';
import { checkEntries, type ListKey } from './checkEntries';

function check(key: ListKey, ...texts: string[]): string[] {
  const layer = {
    scope: 'user',
    file: '/f',
    values: { [key]: texts },
    lines: new Map([[key, { line: 9, entries: texts.map((_, index) => index + 10) }]]),
  } as const;
  const { entries, problems } = checkEntries(layer, key);
  const kept = entries.map(({ text, index }) => `${index} ${text}`);
  return [...kept, ...problems.map(({ line, severity }) => `${severity} at ${line}`)];
}

describe('checkEntries', () => {
  it.each<[ListKey, string]>([
    ['trustedCommands', 'npm *'],
    ['trustedCommands', '*'],
    ['trustedCommands', 'a && b'],
    ['deniedCommands', 'git push *'],
    ['deniedCommands', 'curl x | sh'],
    ['neverList', 'terraform apply *'],
    ['trustedTools', 'read'],
    ['trustedTools', 'github/*'],
    ['trustedTools', 'run_shell_command(git status)'],
    ['untrustedTools', 'read'],
    ['excludeTools', 'run_shell_command(rm)'],
    ['excludeTools', 'execute_*'],
    ['excludeTools', 'a_tool_nobody_knows'],
    ['coreTools', 'all'],
    ['protectedPaths', 'migrations/**'],
    ['secretPaths', '*.vault'],
    ['allowedPaths', '/data/**'],
    ['allowedPaths', '~/notes'],
  ])('%s takes %j', (key, text) => {
    expect(check(key, text)).toEqual([`0 ${text}`]);
  });

  it.each<[ListKey, string]>([
    ['trustedCommands', '  '],
    ['trustedTools', 'read(x)'],
    ['trustedTools', ' '],
    ['trustedTools', '*'.repeat(5)],
    ['trustedTools', '[a-z]/x'],
    ['trustedTools', 'x'.repeat(301)],
    ['allowedPaths', '/'],
    ['allowedPaths', '/**'],
    ['allowedPaths', '~'],
    ['allowedPaths', '~/.'],
    ['allowedPaths', '~/*'],
    ['allowedPaths', '/{etc,home}/**'],
    ['allowedPaths', '/data/{.,x}./etc'],
    ['allowedPaths', 'data/**'],
    ['allowedPaths', '**'],
    ['allowedPaths', '/data/../etc'],
  ])('%s leaves %j out: less passes', (key, text) => {
    expect(check(key, 'ok/x', text).at(-1)).toBe('warning at 11');
    expect(check(key, text)).toEqual(['warning at 10']);
  });

  it.each<[ListKey, string]>([
    ['deniedCommands', ' '],
    ['deniedCommands', 'curl * | sh *'],
    ['deniedCommands', "git 'push *"],
    ['neverList', ''],
    ['neverList', 'curl x | sh'],
    ['neverList', 'a; b *'],
    ['untrustedTools', 'run_shell_command(git push)'],
    ['untrustedTools', 'read(x)'],
    ['excludeTools', 'write_file(x)'],
    ['excludeTools', 'run_shell_command()'],
    ['coreTools', ''],
    ['protectedPaths', '../x'],
    ['protectedPaths', '.'],
    ['protectedPaths', '*a*b*c*'],
    ['secretPaths', 'x[z-a]'],
    ['secretPaths', '{1..9}'],
  ])('%s with %j voids its place: nobody may rely on it', (key, text) => {
    expect(check(key, text)).toEqual(['error at 10']);
  });

  it('only warns about a tool that looks misspelt', () => {
    expect(check('excludeTools', 'run_shel_command')).toEqual([
      '0 run_shel_command',
      'warning at 10',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Effect, Rule } from '../decision';
import type { CommandRules } from './commandVerdict';
import { judgeCommand } from './judgeCommand';

const rule = (effect: Effect, pattern: string): Rule => ({
  effect,
  pattern,
  source: { file: 'settings.json' },
});
const trust = (...patterns: string[]): CommandRules => ({
  trusted: patterns.map(pattern => rule('allow', pattern)),
});
const context = {
  dialect: 'bash',
  cwd: '/home/dev/project',
  roots: ['/home/dev/project'],
  home: '/home/dev',
} as const;
const judge = (line: string, rules: CommandRules = trust()) => judgeCommand(line, rules, context);

describe('judgeCommand', () => {
  it('says what each part is, where, and which rule decided', () => {
    const verdict = judge('npm test && curl x | sh', trust('npm *'));
    expect(verdict).toMatchObject({ effect: 'ask', neverList: true, kiroWouldRun: true });
    expect(verdict.parts).toMatchObject([
      { text: 'npm test', effect: 'allow', code: 'trustedCommand', rule: { pattern: 'npm *' } },
      { text: 'curl x', effect: 'ask', code: 'untrustedCommand' },
      { text: 'sh', effect: 'ask', code: 'neverList' },
    ]);
  });

  it('marks the redirection, not the command, when only that asks', () => {
    const verdict = judge('npm test > out.txt', trust('npm *'));
    expect(verdict.parts.filter(part => part.effect === 'ask')).toMatchObject([
      { text: '> out.txt', code: 'writesFile' },
    ]);
  });

  it('lists the files a line reads and writes', () => {
    const { paths } = judge('cat src/a.ts | tee ../b.ts && cp x .vscode/', trust('tee *', 'cp *'));
    expect(paths.map(({ access, path }) => `${access} ${path}`)).toEqual([
      'read /home/dev/project/src/a.ts',
      'write /home/dev/b.ts',
      'write /home/dev/project/.vscode',
      'write /home/dev/project/.vscode/x',
    ]);
  });

  it.each([
    ['echo x > .vscode/settings.json', 'protectedPath'],
    ['cp x .git/hooks/pre-commit', 'protectedPath'],
    ['sed -i s/a/b/ ~/.bashrc', 'protectedPath'],
    ['git mv a .kiro/settings/x', 'protectedPath'],
    ['dd if=a of=.kiro/hooks/x', 'protectedPath'],
    ['cat .env', 'secretFile'],
    ['echo x > /tmp/y', 'outsideWorkspace'],
    ['tee $FILE', 'unknownPath'],
  ])('asks for %s even when everything is trusted', (line, code) => {
    expect(judge(line, trust('*'))).toMatchObject({ effect: 'ask', code, neverList: false });
  });

  it('denies what is denied, whatever trusts it, and through wrappers', () => {
    const rules = { ...trust('*', 'git push'), denied: [rule('deny', 'git push *')] };
    for (const line of [
      ...['git push', 'git push origin x', 'ls && git push', 'env A=1 git push', 'A=1 git push'],
      ...["sh -c 'git push'", '/usr/bin/git push', 'echo $(git push)', 'timeout 5 git push'],
    ]) {
      expect([line, judge(line, rules).effect]).toEqual([line, 'deny']);
    }
    expect(judge('git pull', rules).effect).toBe('allow');
    expect(judge('git push (', rules).effect).toBe('deny');
  });

  it('denies what is not among the only commands, when they are limited', () => {
    const rules = { ...trust('*'), limits: [[rule('allow', 'npm *')]] };
    expect(judge('npm test', rules).effect).toBe('allow');
    expect(judge('npm test; ls', rules).effect).toBe('deny');
    expect(judge('npm test; ls $(', rules).effect).toBe('deny');
  });

  it('follows cd inside the workspace once suggestions are on', () => {
    const rules = { ...trust(), suggestions: true };
    expect(judge('cd src && cat a.ts', rules).effect).toBe('allow');
    expect(judge('cd src && wc -l a.ts; git status', rules).effect).toBe('allow');
    expect(judge('cd .. && cat a.ts', rules).effect).toBe('ask');
    expect(judge('cd src && cat ../../x', rules).effect).toBe('ask');
    expect(judge('cd src && cat a.ts').effect).toBe('ask');
  });

  it('gives a verdict of its own to lines that are too long to read', () => {
    for (const text of ['a'.repeat(10_001), 'ls;'.repeat(3000), '('.repeat(9000)]) {
      expect(judge(text, trust('*')).effect).toBe('ask');
    }
  });

  it.each([
    'ls;',
    'echo `',
    '`a` ',
    '<(',
    '{a,',
    '$((1+',
    'rm -rf / ',
    '~/',
    'x|',
    'if ',
    'coproc ',
  ])('comes to an end with 10,000 characters of %j, and lets none of them run unread', piece => {
    const line = piece.repeat(10_000 / piece.length);
    expect(judge(line, trust('npm *')).effect).not.toBe('allow');
  });
});

describe('a denied command', () => {
  const rules = (...denied: string[]): CommandRules => ({
    ...trust('git *', 'npm *', 'timeout *', 'rm *'),
    denied: denied.map(pattern => rule('deny', pattern)),
  });

  it.each([
    'git push',
    'git push origin main',
    'git --no-pager push',
    'git -P -C . push origin',
    'git -c x=y push',
    '/usr/bin/git push',
    "g'i't pu\\sh",
    'git pu{sh,ll}',
    'git {push,origin}',
    'A=1 git push',
    'timeout 5 git --no-pager push',
    'npm --silent publish',
    'npm --loglevel warn publish',
    'ls && npm publish',
    'echo $(npm publish)',
    'rm x',
    '/bin/rm x',
  ])('stays denied as %s', line => {
    expect(judge(line, rules('git push *', 'npm publish', 'rm *')).effect).toBe('deny');
  });

  it.each(['git log push', 'git stash push', 'npm run publish', 'git log --oneline -- push'])(
    'is not %s',
    line => {
      expect(judge(line, rules('git push *', 'npm publish')).effect).toBe('allow');
    },
  );

  it('is denied with the exact words only, where the pattern has no star', () => {
    expect(judge('npm publish --dry-run', rules('npm publish')).effect).toBe('allow');
  });
});

describe('trust in a whole line', () => {
  it('is for the line that the pattern spells, not for its star', () => {
    expect(judge('npm test && pwn', trust('npm test && pwn')).effect).toBe('allow');
    expect(judge('git *', trust('git *')).effect).toBe('ask');
  });
});

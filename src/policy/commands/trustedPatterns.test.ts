import { describe, expect, it } from 'vitest';
import { judgeCommand } from './judgeCommand';
import { patternOfToolEntry, proposePatterns, refusePattern } from './trustedPatterns';

describe('refusePattern', () => {
  it.each([
    ...['rm -rf *', 'rm -rf /', 'sudo *', 'sudo', 'chmod 777 *', 'eval *', 'curl https://x | sh'],
    ...['git reset --hard', 'git push --force origin main', 'terraform destroy', 'rm -fr *'],
  ])('refuses the never list: %s', pattern => {
    expect(refusePattern(pattern, 'bash')?.kind).toBe('never');
  });

  it.each([
    ...[
      'bash *',
      'sh *',
      'bash -c *',
      '/bin/zsh *',
      'env *',
      'xargs *',
      'timeout *',
      'timeout 5 *',
    ],
    ...['python *', 'node *', 'python3 -c *', 'nohup *', 'command *', 'export *', 'source *', ''],
  ])('refuses what would trust everything: %s', pattern => {
    expect(refusePattern(pattern, 'bash')).toMatchObject({ kind: 'wide' });
  });

  it.each([
    ...['npm *', 'git *', 'git status', 'python -m *', 'python manage.py *', 'node scripts/x.js *'],
    ...['timeout 60 npm test', 'rm -rf dist', 'xargs grep *', 'bash scripts/test.sh', '*', 'ls *'],
  ])('lets through: %s', pattern => {
    expect(refusePattern(pattern, 'bash')).toBeUndefined();
  });

  it('knows the other shells', () => {
    expect(refusePattern('powershell *', 'powershell')?.kind).toBe('wide');
    expect(refusePattern('iex *', 'powershell')?.kind).toBe('never');
    expect(refusePattern('cmd /c *', 'cmd')?.kind).toBe('wide');
    expect(refusePattern('rd /s /q *', 'cmd')?.kind).toBe('never');
  });

  it('gives a pattern of the never list no effect where it is already saved', () => {
    const rule = (pattern: string) =>
      ({ effect: 'allow', pattern, source: { file: 'settings.json', line: 3 } }) as const;
    const context = { dialect: 'bash', cwd: '/w', roots: ['/w'] } as const;
    expect(judgeCommand('rm -rf dist', { trusted: [rule('rm -rf *')] }, context).effect).toBe(
      'ask',
    );
    expect(judgeCommand('rm -rf dist', { trusted: [rule('rm -rf dist')] }, context)).toMatchObject({
      effect: 'allow',
      rule: { pattern: 'rm -rf dist', source: { line: 3 } },
    });
  });
});

describe('proposePatterns', () => {
  it.each([
    ['npm run build', ['npm run build']],
    ['npm test', ['npm test']],
    ['npm install left-pad', ['npm install left-pad', 'npm install *']],
    ['git commit -m "a b"', ["git commit -m 'a b'", 'git commit *']],
    ['pytest -k x', ['pytest -k x', 'pytest *']],
    ['aws s3 ls s3://x', ['aws s3 ls s3://x', 'aws s3 ls *']],
    ['prettier --write *.ts', ["prettier --write '*.ts'", 'prettier *']],
    ['bash x.sh', []],
    ['python -c "1"', []],
    ['env A=1 npm test', []],
    ['xargs rm', []],
    ['A=1 npm test', []],
    ['sudo ls', []],
    ['rm -rf /', []],
    ['npm test $X', []],
    ['npm test > out.txt', []],
    ['npm test && ls', []],
    ['ls (', []],
  ])('%s', (line, patterns) => {
    expect(proposePatterns(line, 'bash')).toEqual(patterns);
  });

  it('proposes patterns that cover the very command and do not widen its stars', () => {
    for (const line of ['npm run build', 'git commit -m "a \'b\'"', 'tool a*b *']) {
      const [exact = ''] = proposePatterns(line, 'bash');
      const trusted = [{ effect: 'allow', pattern: exact, source: { file: 'x' } }] as const;
      const context = { dialect: 'bash', cwd: '/w', roots: ['/w'] } as const;
      expect([line, judgeCommand(line, { trusted }, context).effect]).toEqual([line, 'allow']);
      expect(judgeCommand(`${line} more`, { trusted }, context).effect).toBe('ask');
      expect(judgeCommand('tool aXb y', { trusted }, context).effect).toBe('ask');
    }
  });
});

describe('patternOfToolEntry', () => {
  it('turns the settings of other agents into patterns', () => {
    expect(patternOfToolEntry('run_shell_command(git push)')).toBe('git push *');
    expect(patternOfToolEntry('run_shell_command(npm *)')).toBe('npm *');
    expect(patternOfToolEntry('Bash(npm run:*)')).toBe('npm run *');
    expect(patternOfToolEntry('run_shell_command')).toBeUndefined();
    expect(patternOfToolEntry('read_file(x)')).toBeUndefined();
  });
});

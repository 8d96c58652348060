import { describe, expect, it } from 'vitest';
import type { Rule } from './decision';
import {
  containsPath,
  isAllowedPlace,
  protectedPathRule,
  resolvePath,
  secretFileRule,
  type PathContext,
} from './paths';

const context: PathContext = {
  roots: ['/home/me/project'],
  home: '/home/me',
  stateHome: '/home/me/.local/share/checkrein',
};

describe('resolvePath', () => {
  it.each([
    ['src/a.ts', '/home/me/project', '/home/me/project/src/a.ts'],
    ['./x/../../y', '/home/me/project', '/home/me/y'],
    ['../../../../../etc/passwd', '/home/me/project', '/etc/passwd'],
    ['/etc//./passwd', '/home/me/project', '/etc/passwd'],
    ['.', '/home/me/project', '/home/me/project'],
    ['src/a.ts', 'C:\\Users\\me\\p', 'C:\\Users\\me\\p\\src\\a.ts'],
    ['..\\x', 'C:\\Users\\me\\p', 'C:\\Users\\me\\x'],
    ['\\Windows', 'C:\\Users\\me', 'C:\\Windows'],
    ['D:/data', 'C:\\Users\\me', 'D:\\data'],
    ['.vscode.\\settings.json', 'C:\\p', 'C:\\p\\.vscode\\settings.json'],
    ['\\\\server\\share\\x', 'C:\\p', '\\\\server\\share\\x'],
    ['..\\x', '\\\\server\\share\\p', '\\\\server\\share\\x'],
    ['C:x', '/p', '/p/C:x'],
    ['a\\b', '/p', '/p/a\\b'],
    ['.env  ', 'C:\\p', 'C:\\p\\.env'],
  ])('%s in %s is %s', (path, cwd, expected) => {
    expect(resolvePath(path, cwd)).toBe(expected);
  });

  it.each([
    ['~/.ssh/id_rsa', '/p'],
    ['file:///etc/passwd', '/p'],
    ['vscode-remote://x/y', '/p'],
    ['a\0b', '/p'],
    ['', '/p'],
    ['C:\\x', '/p'],
    ['x.txt:stream', 'C:\\p'],
    ['SECRET~1', 'C:\\p'],
    ['C:x', 'C:\\p'],
    ['C:..\\x', 'C:\\p'],
    ['.env::$DATA', 'C:\\p'],
    ['\\\\?\\C:\\x', 'C:\\p'],
    ['\\\\.\\C:\\x', 'C:\\p'],
    ['a\\.. \\x', 'C:\\p'],
    ['a\\...\\x', 'C:\\p'],
    ['\\\\server\\c$\\x:y', 'C:\\p'],
  ])('cannot tell which file %j in %s is', (path, cwd) => {
    expect(resolvePath(path, cwd)).toBeUndefined();
  });
});

describe('containsPath', () => {
  it.each([
    ['/a/b', '/a/b', true],
    ['/a/b', '/a/b/c', true],
    ['/a/b', '/a/bc', false],
    ['/', '/a', true],
    ['C:\\Work', 'c:\\work\\x', true],
    ['C:\\Work', 'C:\\Workshop', false],
  ])('%s contains %s: %s', (root, path, expected) => {
    expect(containsPath(root, path)).toBe(expected);
  });
});

describe('protectedPathRule', () => {
  it.each([
    '/home/me/project/.kiro/hooks/checkrein.json',
    '/home/me/project/.kiro/settings.json',
    '/home/me/project/.kiro/agents/x.json',
    '/home/me/project/.kiro',
    '/home/me/project/.vscode/settings.json',
    '/home/me/project/.VSCode/tasks.json',
    '/home/me/project/.vs\u200dcode/tasks.json',
    '/home/me/project/sub/.git/hooks/pre-commit',
    '/home/me/project/.git',
    '/home/me/project/x.code-workspace',
    '/home/me/project/mcp.json',
    '/home/me/project/.gemini/settings.json',
    '/home/me/project/.claude/settings.local.json',
    '/home/me/.bashrc',
    '/home/me/.zshenv',
    '/home/me/.ssh/authorized_keys',
    '/home/me/.kiro/anything/at/all',
    '/home/me/.local/share/checkrein/snapshots/x.json',
    '/home/me/.config/Code/User/settings.json',
    '/home/me/.config/Kiro/User/profiles/x/settings.json',
    '/home/me/.config/autostart/x.desktop',
    '/home/me/.local',
    '/home/me/.kiro',
    '/home/me/project',
    '/home/me',
    '/',
    '/HOME/me/.KIRO/anything',
    '/home/me/.Local/Share/Checkrein/x',
    '/home/me/.local/share/check\u200brein/x',
    '/HOME/ME/PROJECT',
    '/etc/checkrein/policy.json',
    '/Library/Application Support/Checkrein/policy.json',
    'C:\\ProgramData\\Checkrein\\policy.json',
    '/home/me/line\nbreak/.git/hooks/pre-commit',
    '/home/me/line\u2028break/.vscode/tasks.json',
    '/home/me/project/.ßh/config',
  ])('protects %s', path => {
    expect(protectedPathRule(path, context)).toBeDefined();
  });

  it.each([
    '/home/me/project/src/a.ts',
    '/home/me/project/.kiro/steering/product.md',
    '/home/me/project/.gitignore',
    '/home/me/project/.github/workflows/ci.yml',
    '/home/me/project/vscode/x',
  ])('leaves %s alone', path => {
    expect(protectedPathRule(path, context)).toBeUndefined();
  });
});

describe('protectedPathRule on Windows', () => {
  const windows: PathContext = {
    roots: ['C:\\w\\project'],
    home: 'C:\\Users\\me',
    stateHome: 'C:\\Users\\me\\AppData\\Local\\checkrein',
  };

  it.each([
    'c:\\users\\ME\\.kiro\\x',
    'C:\\USERS\\me\\appdata\\local\\Checkrein\\x',
    'C:\\Users\\me',
    'C:\\w',
    'c:\\W\\project',
    'C:\\w\\project\\.GIT\\config',
  ])('protects %s', path => {
    expect(protectedPathRule(path, windows)).toBeDefined();
  });

  it.each(['C:\\w\\project\\src\\a.ts', 'C:\\w\\project2', 'C:\\Users\\me\\.kiro2'])(
    'leaves %s alone',
    path => {
      expect(protectedPathRule(path, windows)).toBeUndefined();
    },
  );
});

describe('rules of the policy', () => {
  const rule = (pattern: string): Rule => ({ effect: 'ask', pattern, source: { file: 'f' } });
  const rules = {
    protected: [rule('/home/me/project/config/prod.yml'), rule('migrations')],
    secret: [rule('*.vault')],
    allowed: [rule('/data/**')],
  };
  const own = { ...context, rules };

  it('protect their places and the folders that hold them', () => {
    for (const path of ['config/prod.yml', 'config', 'db/migrations/1.sql']) {
      expect(protectedPathRule(`/home/me/project/${path}`, own)).toBeDefined();
      expect(protectedPathRule(`/home/me/project/${path}`, context)).toBeUndefined();
    }
  });

  it('call files secret and let agents into places outside the workspace', () => {
    expect(secretFileRule('/p/a.vault', own)).toBe(rules.secret[0]);
    expect(secretFileRule('/p/a.vault', context)).toBeUndefined();
    expect(isAllowedPlace('/data/x', own)).toBe(true);
    expect(isAllowedPlace('/data/x', context)).toBe(false);
    expect(isAllowedPlace('/database', own)).toBe(false);
  });

  it('never let agents into what is protected', () => {
    const wide = { ...context, rules: { ...rules, allowed: [rule('/home/me/**')] } };
    expect(protectedPathRule('/home/me/.kiro/x', wide)).toBeDefined();
    expect(secretFileRule('/home/me/x/.env', wide)).toBeDefined();
  });
});

describe('secretFileRule', () => {
  it.each([
    '/p/.env',
    '/p/.env.local',
    '/p/.ENV',
    '/p/a/server.key',
    '/p/id_rsa',
    '/p/.aws/credentials',
  ])('calls %s a secret', path => {
    expect(secretFileRule(path)).toBeDefined();
  });

  it.each(['/p/.env.example', '/p/environment.ts', '/p/keyboard.ts', '/p/src/credentialsForm.tsx'])(
    'does not call %s a secret',
    path => {
      expect(secretFileRule(path)).toBeUndefined();
    },
  );
});

describe('a moved home of Kiro', () => {
  const moved = { ...context, movedKiroHome: '/home/me/project/kiro' };

  it.each(['settings/permissions.yaml', 'anything', '', '../KIRO/agents/a.json'])(
    '%j in it is protected, as in ~/.kiro',
    path => {
      const absolute = resolvePath(path || '.', '/home/me/project/kiro') ?? '';
      expect(protectedPathRule(absolute, moved)?.pattern).toBe('~/.kiro/**');
      expect(protectedPathRule('/home/me/.kiro/x', moved)?.pattern).toBe('~/.kiro/**');
      expect(protectedPathRule('/home/me/project/kirox', moved)).toBeUndefined();
    },
  );
});

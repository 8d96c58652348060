import { describe, expect, it } from 'vitest';
import { patchPaths } from './patchPaths';

const patch = (...lines: string[]): string =>
  ['*** Begin Patch', ...lines, '*** End Patch'].join('\n');

describe('patchPaths', () => {
  it('names every file that is added, changed, removed or moved to', () => {
    const text = patch(
      '*** Add File: src/new.ts',
      '+export {};',
      '*** Update File: src/old.ts',
      '*** Move to: .git/hooks/pre-commit',
      '@@ function x()',
      ' same',
      '-before',
      '+after',
      '*** End of File',
      '*** Delete File: ../outside',
    );
    expect(patchPaths(text)).toEqual([
      'src/new.ts',
      'src/old.ts',
      '.git/hooks/pre-commit',
      '../outside',
    ]);
    expect(patchPaths(text.replaceAll('\n', '\r\n'))).toHaveLength(4);
  });

  it.each([
    ['a diff of another form', '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b'],
    ['a line that is not understood', patch('*** Rename File: x', '*** Add File: y', '+1')],
    ['no file at all', patch('+x')],
    ['no end', '*** Begin Patch\n*** Add File: x\n+1'],
    ['text before it', `x\n${patch('*** Add File: y')}`],
    ['nothing', ''],
  ])('is undefined for %s', (_what, text) => {
    expect(patchPaths(text)).toBeUndefined();
  });
});

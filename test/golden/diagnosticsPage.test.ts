import { expect, it } from 'vitest';
import { diagnosticsPage } from '../../src/languageServer/rulePage';

it('docs/diagnostics.md is what the table says (run vitest with -u after a change)', async () => {
  await expect(diagnosticsPage()).toMatchFileSnapshot('../../docs/diagnostics.md');
});

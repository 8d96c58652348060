import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Journal } from '../../history/journal';
import { recentEntries } from './recentCalls';

it('goes back over days until it has enough, and no further than a week', () => {
  const folder = mkdtempSync(join(tmpdir(), 'checkrein-journal-'));
  const at = (time: string, command: string): void =>
    new Journal(folder, () => new Date(time)).append({ event: 'call', command });
  at('2026-11-01T10:00:00Z', 'too old');
  at('2026-11-19T10:00:00Z', 'a');
  at('2026-11-20T23:59:00Z', 'b');
  at('2026-11-21T00:01:00Z', 'c');
  new Journal(folder, () => new Date('2026-11-21T00:02:00Z')).append({ event: 'mode' });
  const commands = (most: number): readonly unknown[] =>
    recentEntries(
      folder,
      new Date('2026-11-21T00:03:00Z'),
      ({ event }) => event === 'call',
      most,
    ).map(({ command }) => command);
  expect(commands(200)).toEqual(['a', 'b', 'c']);
  expect(commands(2)).toEqual(['b', 'c']);
  expect(recentEntries(join(folder, 'none'), new Date(), () => true, 5)).toEqual([]);
  rmSync(folder, { recursive: true });
});

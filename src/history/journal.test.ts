import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal, readJournal } from './journal';
import { summarizeCommand } from './summarizeCall';

const DAY = '2026-11-21';
let folder: string;
let now: Date;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'checkrein-journal-')), 'journal');
  now = new Date(`${DAY}T10:00:00Z`);
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const journal = (maxBytes?: number): Journal => new Journal(folder, () => now, maxBytes);

describe('Journal', () => {
  it('is owner-only and appends one JSON object a line', () => {
    journal().append({ event: 'mode', mode: 'supervised' });
    journal().append({ event: 'mode', mode: 'autopilot' });
    expect(statSync(folder).mode & 0o077).toBe(0);
    expect(statSync(join(folder, `${DAY}.jsonl`)).mode & 0o077).toBe(0);
    expect(readJournal(folder, DAY)).toEqual({
      entries: [
        { time: '2026-11-21T10:00:00.000Z', event: 'mode', mode: 'supervised' },
        { time: '2026-11-21T10:00:00.000Z', event: 'mode', mode: 'autopilot' },
      ],
      torn: [],
    });
  });

  it('keeps a torn line apart and goes on after it', () => {
    const one = journal();
    one.append({ event: 'call', n: 1 });
    appendFileSync(one.currentFile, '{"time":"2026-11-21T10:00:01.000Z","event":"ca');
    one.append({ event: 'call', n: 2 });
    const { entries, torn } = readJournal(folder, DAY);
    expect(entries.map(entry => entry['n'])).toEqual([1, 2]);
    expect(torn).toEqual([
      { file: `${DAY}.jsonl`, line: 2, text: '{"time":"2026-11-21T10:00:01.000Z","event":"ca' },
    ]);
  });

  it('begins a file each day and when one has grown too large, and reads them in order', () => {
    const small = journal(100);
    for (let n = 0; n < 25; n += 1) small.append({ event: 'call', n });
    expect(readdirSync(folder).length).toBeGreaterThan(10);
    const { entries } = readJournal(folder, DAY);
    expect(entries.map(entry => entry['n'])).toEqual(Array.from({ length: 25 }, (_, n) => n));
    now = new Date('2026-11-22T00:00:00Z');
    small.append({ event: 'call', n: 99 });
    expect(readJournal(folder, '2026-11-22').entries).toHaveLength(1);
  });
});

describe('summarizeCommand', () => {
  it.each([
    ['npm test', 'npm test'],
    ['git commit -m "a message"', 'git commit -m "a message"'],
    ['npm run build -- --mode=dev', 'npm run build -- --mode=dev'],
    ['TOKEN=abc npm publish', 'TOKEN=…'],
    ['cat > f <<EOF\nsecret\nEOF', 'cat > f <<EOF … (2 more lines)'],
    ["echo 'x' > f", 'echo … > f'],
  ])('%j is kept as %j', (text, expected) => {
    expect(summarizeCommand(text)).toBe(expected);
  });

  it.each([
    'PASSWORD="a\\"topsecret" run',
    'TOKEN=a\\ topsecret run',
    'TOKEN=$(echo x)topsecret run',
    "$env:TOKEN = 'topsecret'; run",
    'FOO[0]=topsecret run',
    '{TOKEN=topsecret;}',
    'export A="x topsecret" B=z',
    'env KEY=topsecret cmd',
    "sh -c 'PASS=topsecret run'",
    "echo 'topsecret' > f",
    'echo topsecret > f',
    'printf topsecret | tee f',
    'cat <<< "topsecret"',
    'curl -u me:topsecret http://x',
    'mysql --password=topsecret',
    'mysql --password topsecret',
    'docker run -eTOKEN=topsecret x',
    'curl -H "Authorization: Bearer topsecret" x',
    'curl -d topsecret x',
    'aws --secret-access-key topsecret',
  ])('keeps no value and no contents of %j', text => {
    expect(summarizeCommand(text)).not.toContain('topsecret');
  });

  it('cuts what is very long', () => {
    expect(summarizeCommand('x'.repeat(9_000)).length).toBeLessThan(2_100);
  });
});

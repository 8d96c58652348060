import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { markdownTable, plainMarkdown } from './markdownText';
import { networkText } from './network/networkText';
import { evidencePlace } from './posture/evidencePlace';
import { postureText } from './posture/postureText';

const NOW = new Date(0);

describe('Markdown', () => {
  it.each([
    ['![x](https://evil.invalid/x.png)', '\\!\\[x\\]\\(https://evil.invalid/x.png\\)'],
    ['<img src=x>', '\\<img src=x\\>'],
    ['a | b `c` *d* _e_ # & ~', 'a \\| b \\`c\\` \\*d\\* \\_e\\_ \\# \\& \\~'],
    ['one\ntwo\u202e', 'one⟨LF⟩two⟨U+202E⟩'],
  ])('%j is text', (text, expected) => {
    expect(plainMarkdown(text)).toBe(expected);
  });

  it('a cell cannot end its row', () => {
    expect(markdownTable(['A'], [['x |\n| y']])).toBe('| A |\n| --- |\n| x \\|⟨LF⟩\\| y |');
  });
});

it('the posture as a report', () => {
  const text = postureText(
    {
      findings: [
        {
          ...{ check: 'a', severity: 'high', title: 'Bad', why: 'Because.' },
          ...{ evidence: ['src/<b>.ts:1: token'], fix: { text: 'Mend it.' } },
        },
      ],
      checks: [{ id: 'a', title: 'A', state: 'found', unclear: 'half of it' }],
    },
    NOW,
  );
  for (const part of [
    '## high: Bad\n\nBecause.\n\n- src/\\<b\\>.ts:1: token\n\nWhat to do: Mend it.',
    '| A | found | half of it |',
    'As of 1970-01-01T00:00:00.000Z.',
  ]) {
    expect(text).toContain(part);
  }
  expect(postureText({ findings: [], checks: [] }, NOW)).toContain('Nothing was found.');
});

it('the network check as tables by purpose, counted', () => {
  const text = networkText(
    [
      { row: '*.kiro.dev', purpose: 'authentication', host: 'app.kiro.dev', outcome: 'refused' },
      { row: 't.dev', purpose: 'telemetry', host: 't.dev', outcome: 'blockedAsWanted' },
      {
        ...{ row: 'com.amazonaws.us-east-1.q', purpose: 'vpcEndpoint', outcome: 'reachable' },
        ...{ host: 'q.us-east-1.amazonaws.com', addresses: 'private', tls: 'TLSv1.3' },
      },
    ],
    'without a proxy',
    NOW,
  );
  expect(text).toContain('1 reachable, 1 refused, 1 blocked, as wanted.');
  expect(text).toContain('| \\*.kiro.dev | refused |  |  | app.kiro.dev |  |');
  expect(text).toContain('| t.dev | blocked, as wanted |  |  |  |  |');
  expect(text).toContain('| reachable | TLSv1.3 | private | q.us-east-1.amazonaws.com |');
  expect(text).not.toContain('## Downloads');
});

describe('the place of a finding', () => {
  let scratch: string;
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'checkrein-places-'));
    mkdirSync(join(scratch, 'src'));
    writeFileSync(join(scratch, 'src/a.ts'), '');
    writeFileSync(join(scratch, 'src/b: c.ts'), '');
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  it.each([
    ['src/a.ts:12: GitHub token', 'src/a.ts', 12],
    ['src/a.ts:3', 'src/a.ts', 3],
    ['src/a.ts: .kiro/cache/', 'src/a.ts', undefined],
    ['src/a.ts', 'src/a.ts', undefined],
    ['src/b: c.ts:2: x', 'src/b: c.ts', 2],
    ['src:1: a folder', undefined, undefined],
    ['gone.ts:1', undefined, undefined],
    ['AWS_ACCESS_KEY_ID is set', undefined, undefined],
    ['', undefined, undefined],
  ])('%j is %s, line %s', (evidence, file, line) => {
    const place = evidencePlace(evidence, [join(scratch, 'other'), scratch]);
    expect(place?.file).toBe(file === undefined ? undefined : join(scratch, file));
    expect(place?.line).toBe(line);
    if (file === undefined) return;
    expect(evidencePlace(join(scratch, evidence), [])?.file).toBe(join(scratch, file));
  });
});

import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runCheck } from './check';

async function run(args: readonly string[], ...input: (string | Uint8Array)[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCheck(
    args,
    Readable.from(input),
    { write: text => out.push(text) },
    { write: text => err.push(text) },
  );
  return { code, out: out.join(''), err: err.join('') };
}

async function answers(...input: (string | Uint8Array)[]) {
  const { code, out } = await run(['--jsonl'], ...input);
  expect(code).toBe(0);
  return out
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Record<string, unknown>);
}

describe('checkrein check', () => {
  it.each([
    [['--shell', 'bash', '--', 'ls'], 0],
    [['--shell', 'bash', '--', 'npm test'], 1],
    [['--shell', 'bash', '--trusted', 'npm *', '--', 'npm test'], 0],
    [['--shell=cmd', '--', 'dir & del x'], 1],
    [['--shell', 'bash', '--denied', 'git push *', '--', 'git push'], 2],
    [['--help'], 0],
    [[], 64],
    [['ls'], 64],
    [['--'], 64],
    [['--', 'ls', '-la'], 64],
    [['--shell', 'fish', '--', 'ls'], 64],
    [['--trusted'], 64],
    [['--unknown', '--', 'ls'], 64],
    [['--jsonl', '--', 'ls'], 64],
  ])('%j ends with %i', async (args, code) => {
    expect((await run(args)).code).toBe(code);
  });

  it('explains to a person, with nothing hidden', async () => {
    const { out } = await run(['--shell', 'bash', '--', 'ls\u202e; rm x']);
    expect(out).toContain('⟨U+202E⟩');
    expect(out).not.toContain('\u202e');
    expect(out).toContain("Kiro's own rule would have asked.");
  });

  it('answers lines in order, and goes on after a bad one', async () => {
    const lines = [
      '{"id":1,"shell":"bash","command":"ls"}',
      'not json',
      '',
      '{"id":2}',
      '{"id":3,"shell":"fish","command":"ls"}',
      '{"id":4,"shell":"bash","command":"npm test","trusted":["npm *"],"denied":[],"cwd":"/w"}',
    ].join('\n');
    expect(await answers(lines)).toMatchObject([
      {
        id: 1,
        decision: 'allow',
        neverList: false,
        kiroWouldRun: true,
        parts: [{ start: 0, end: 2 }],
      },
      { line: 2, error: 'not JSON' },
      { id: 2, line: 4, error: '"command" must be a string' },
      { id: 3, line: 5 },
      { id: 4, decision: 'allow', parts: [{ text: 'npm test', decision: 'allow' }] },
    ]);
  });

  it('reads chunks that split a line or a character', async () => {
    const bytes = new TextEncoder().encode('{"id":"é","shell":"bash","command":"ls"}\r\n');
    const chunks = Array.from(bytes, byte => new Uint8Array([byte]));
    expect(await answers(...chunks)).toMatchObject([{ id: 'é', decision: 'allow' }]);
  });

  it('drops a line that never ends, and reads the next', async () => {
    const long = Array.from({ length: 30 }, () => 'x'.repeat(50_000));
    expect(await answers(...long, '\n{"id":1,"shell":"bash","command":"ls"}')).toMatchObject([
      { line: 1, error: 'the line is longer than 1000000 characters' },
      { id: 1, decision: 'allow' },
    ]);
  });
});

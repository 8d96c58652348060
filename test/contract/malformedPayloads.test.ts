import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kiroCommand, runKiroHook, type HookRun } from '../support/kiroContract';
import { openWindow, testPlace, type TestPlace, type TestWindow } from '../support/testWindow';

let place: TestPlace;
let window: TestWindow;
beforeAll(async () => {
  place = testPlace();
  // Everything that can be read at all would be let through: only malformed input blocks here.
  window = await openWindow(place, { trusted: ['*'] });
});
afterAll(async () => {
  await window.broker.stop();
  place.dispose();
});

const valid = (): Record<string, unknown> =>
  JSON.parse(kiroCommand(place.workspace, 'ls')) as Record<string, unknown>;
const bytes = (payload: unknown): Buffer => Buffer.from(JSON.stringify(payload));

/** Kinds of malformed payload; each gives a different one for every number. */
const KINDS: Readonly<Record<string, (n: number) => Buffer>> = {
  'random bytes': n => randomBytes(1 + n * 37),
  'nothing or blanks': n => Buffer.from(' \n'.repeat(n)),
  'JSON cut short': n => {
    const whole = bytes(valid());
    return whole.subarray(0, Math.max(1, whole.length - 1 - n * 3));
  },
  'not an object': n => bytes([null, 1, 'x', [], true, [valid()]][n % 6]),
  'deep nesting': n => Buffer.from('['.repeat(1_000 * (n + 1)) + ']'.repeat(1_000 * (n + 1))),
  'deep input': n => {
    const depth = 20_000 * (n + 1);
    const deep = '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
    const text = JSON.stringify({ ...valid(), tool_name: 'memory' });
    return Buffer.from(text.replace(/"tool_input":\{[^}]*\}/, `"tool_input":${deep}`));
  },
  'too large': n => bytes({ ...valid(), tool_input: { command: 'x'.repeat(6_000_000 + n) } }),
  'wrong types': n => {
    const field = ['cwd', 'tool_name', 'tool_input', 'hook_event_name', 'session_id'][n % 5] ?? '';
    const value = [7, null, true, [], { x: 1 }, ''][Math.floor(n / 5) % 6];
    const isHarmless = field === 'session_id' && (value === '' || value === undefined);
    return bytes({ ...valid(), [field]: isHarmless ? 7 : value });
  },
  'missing fields': n => {
    const field = ['cwd', 'tool_name', 'tool_input', 'hook_event_name'][n % 4] ?? '';
    const { [field]: _, ...rest } = valid();
    return bytes({ ...rest, session_id: `s${n}` });
  },
  'NUL bytes': n => {
    const whole = bytes(valid());
    const at = (n * 7) % whole.length;
    return Buffer.concat([whole.subarray(0, at), Buffer.from([0]), whole.subarray(at)]);
  },
  'invalid UTF-8': n => {
    const whole = bytes(valid());
    const at = 1 + ((n * 11) % (whole.length - 2));
    return Buffer.concat([whole.subarray(0, at), Buffer.from([0xff, 0xc0]), whole.subarray(at)]);
  },
  'empty commands': n => {
    const command = ['', ' ', '\n', '\t ', null, 7, [], {}][n % 8];
    return bytes({ ...valid(), tool_input: { command } });
  },
  'another agent’s event': n =>
    bytes({
      ...valid(),
      hook_event_name: ['BeforeTool', 'preToolUse', 'PostToolUse', 'Stop'][n % 4],
    }),
};

const PER_KIND = Math.ceil(500 / Object.keys(KINDS).length);
const BATCH = 8;

describe('malformed payloads', () => {
  it.each(Object.entries(KINDS))(
    `%s (${PER_KIND} of them) always exit 2 within 3 s`,
    async (_kind, make) => {
      const payloads = Array.from({ length: PER_KIND }, (_, n) => make(n));
      const bad: Pick<HookRun, 'code' | 'milliseconds'>[] = [];
      for (let at = 0; at < payloads.length; at += BATCH) {
        const runs = payloads
          .slice(at, at + BATCH)
          .map(payload => runKiroHook(place.command(), payload, { cwd: place.workspace }));
        for (const { code, milliseconds, stdout } of await Promise.all(runs)) {
          if (code !== 2 || milliseconds > 3_000 || stdout !== '') bad.push({ code, milliseconds });
        }
      }
      expect(bad).toEqual([]);
      expect(window.desk.waiting()).toEqual([]);
    },
    60_000,
  );

  it('the same broker still answers a good payload', async () => {
    const run = await runKiroHook(place.command(), kiroCommand(place.workspace, 'ls'), {
      cwd: place.workspace,
    });
    expect(run.code).toBe(0);
  });

  it('through Node and offline they exit 2 as well', async () => {
    const { hook, home } = place.folders;
    const through = (state: string): string =>
      `'${process.execPath}' '${hook}/hook.js' kiro --home '${state}' --limit 60`;
    for (const make of Object.values(KINDS)) {
      for (const command of [through(home), through(`${home}-empty`)]) {
        const { code } = await runKiroHook(command, make(3), { cwd: place.workspace });
        expect(code).toBe(2);
      }
    }
  }, 60_000);
});

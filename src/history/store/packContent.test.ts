import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDelta, composeDeltas, decodeDelta, deltaBetween, encodeDelta } from './contentDelta';
import { decodeContent, decodeStoredDelta, type DeltaBase, encodeContent } from './packContent';
import { decodeHeader, HEADER_BYTES, KINDS, MAX_CHAIN, sha256 } from './packRecord';

/** Few different bytes, so that parts agree by chance too; often longer than one block. */
const contents = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'ab', 'abc'), fc.integer({ min: 0, max: 3000 })), {
    maxLength: 5,
  })
  .map(parts => Buffer.from(parts.map(([text, count]) => text.repeat(count)).join('')));

function parse(record: Buffer) {
  const header = decodeHeader(record);
  if (!header) throw new Error('no header');
  return { header, payload: record.subarray(HEADER_BYTES) };
}

const noBase = (): never => {
  throw new Error('no base');
};

describe('deltas', () => {
  it('make the content of the base', () => {
    fc.assert(
      fc.property(contents, contents, (base, content) => {
        const steps = decodeDelta(encodeDelta(deltaBetween(base, content)));
        expect(steps && applyDelta(base, steps, content.length)?.equals(content)).toBe(true);
      }),
    );
  });

  it('can be joined, any number of them', () => {
    fc.assert(
      fc.property(contents, fc.array(contents, { minLength: 1, maxLength: 5 }), (base, rest) => {
        let [steps, former] = [deltaBetween(base, base), base];
        for (const content of rest) {
          steps = composeDeltas(steps, deltaBetween(former, content));
          former = content;
          expect(applyDelta(base, steps, content.length)?.equals(content)).toBe(true);
        }
      }),
    );
  });

  it('that are damaged make nothing or another content, and never fail', () => {
    const base = Buffer.from('one two three four');
    const whole = encodeDelta(deltaBetween(base, Buffer.from('one 2 three four')));
    for (let at = 0; at < whole.length; at += 1) {
      for (const byte of [0, 1, 0x7f, 0xff]) {
        const damaged = Buffer.from(whole);
        damaged[at] = byte;
        const steps = decodeDelta(damaged);
        expect(() => steps && applyDelta(base, steps, 16)).not.toThrow();
      }
      expect(decodeDelta(whole.subarray(0, at))).toBeUndefined();
    }
  });
});

describe('records', () => {
  it.each<[string, number, Buffer]>([
    ['nothing', KINDS.full, Buffer.alloc(0)],
    ['a few bytes', KINDS.full, Buffer.from('abc')],
    ['random bytes', KINDS.full, randomBytes(5000)],
    ['many random bytes', KINDS.full, randomBytes(3 * 2 ** 20)],
    ['text', KINDS.deflate, Buffer.from('some text '.repeat(1000))],
    ['much text', KINDS.deflate, Buffer.from('some text '.repeat(300_000))],
  ])('of %s are of kind %i and give it back', (_, kind, bytes) => {
    const { header, payload } = parse(encodeContent(sha256(bytes), bytes));
    expect(header).toMatchObject({ kind, contentLength: bytes.length, hash: sha256(bytes) });
    expect(decodeContent(header, payload, noBase)?.equals(bytes)).toBe(true);
  });

  it('of a changed file tell the difference, joined while it is short, stacked up to a limit', () => {
    let bytes: Buffer = randomBytes(20_000);
    let former: DeltaBase = { hash: sha256(bytes), chain: 0, bytes };
    const stored = new Map([[former.hash, bytes]]);
    let deepest = 0;
    for (let edit = 0; edit < 400; edit += 1) {
      bytes = Buffer.from(bytes);
      randomBytes(20).copy(bytes, (edit * 7919) % 19_000);
      const hash = sha256(bytes);
      const record = encodeContent(hash, bytes, former);
      const { header, payload } = parse(record);
      const content = decodeContent(header, payload, base => stored.get(base) ?? noBase());
      expect(content?.equals(bytes)).toBe(true);
      stored.set(hash, bytes);
      const delta = header.kind === KINDS.delta ? decodeStoredDelta(payload) : undefined;
      former = { hash, chain: header.chain, bytes, delta };
      deepest = Math.max(deepest, header.chain);
    }
    expect(deepest).toBe(MAX_CHAIN);
  });

  it('of a file with little in common with the former one are written in full', () => {
    const base = randomBytes(1000);
    const bytes = Buffer.concat([base.subarray(0, 400), randomBytes(600)]);
    const former = { hash: sha256(base), chain: 0, bytes: base };
    expect(parse(encodeContent(sha256(bytes), bytes, former)).header.kind).toBe(KINDS.full);
  });
});

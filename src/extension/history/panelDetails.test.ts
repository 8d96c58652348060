import { describe, expect, it } from 'vitest';
import type { HunkView } from '../../protocol/changesView';
import { hunkDetails, panelImage } from './panelDetails';

function hunk(number: number, texts: readonly string[], hidden = 0): HunkView {
  const lines = texts.map(text => ({ mark: '+' as const, text }));
  return { number, standing: 'intact', oldStart: 3, newStart: 4, lines, hidden };
}

function linesOf(texts: readonly string[]): string[] {
  const details = hunkDetails([hunk(1, texts)]);
  return details.type === 'hunks' ? (details.hunks[0]?.lines ?? []).map(({ text }) => text) : [];
}

describe('hunkDetails', () => {
  it('keeps the indentation, and writes out what is invisible', () => {
    expect(
      linesOf(['\t\tif (a)', `${' '.repeat(8)}b`, 'x\u202ey', 'a\tb', `c${' '.repeat(9)}`]),
    ).toEqual(['\t\tif (a)', `${' '.repeat(8)}b`, 'x⟨U+202E⟩y', 'a⟨TAB⟩b', 'c⟨9 blanks⟩']);
  });

  it('cuts long lines', () => {
    expect(linesOf(['x'.repeat(100_000)])[0]).toHaveLength(502);
  });

  it('shows as many hunks as are bearable, and says how many are left out', () => {
    const many = Array.from({ length: 50 }, (_, at) => hunk(at + 1, Array(100).fill('x')));
    const details = hunkDetails(many);
    expect(details).toMatchObject({ type: 'hunks', hidden: 30 });
    const huge = hunkDetails([hunk(1, Array(5_000).fill('x'), 7), hunk(2, ['y'])]);
    expect(huge).toMatchObject({ hidden: 1, hunks: [{ number: 1, hidden: 3_007 }] });
  });
});

describe('panelImage', () => {
  const words = {
    none: 'none',
    notHeld: 'not held',
    sizeOf: (bytes: number) => `${bytes} B`,
    tooLarge: (size: string) => `${size}, too large`,
  };
  const png = Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1');

  it('is the picture as data', () => {
    const source = `data:image/png;base64,${png.toString('base64')}`;
    expect(panelImage(png, words)).toEqual({ source, caption: '12 B' });
  });

  it.each([
    ['nothing there', undefined, 'none'],
    ['bytes that are lost', null, 'not held'],
    ['what only calls itself a picture', Buffer.from('<svg onload="x">'), '16 B'],
    ['what is too large', Buffer.concat([png, Buffer.alloc(1024 * 1024)]), '1048588 B, too large'],
  ])('shows no picture of %s', (_what, bytes, caption) => {
    expect(panelImage(bytes, words)).toEqual({ caption });
  });
});

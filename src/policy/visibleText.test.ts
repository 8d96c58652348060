import { describe, expect, it } from 'vitest';
import { makeVisible, markUndecided, wrapVisible } from './visibleText';

describe('makeVisible', () => {
  it.each([
    ['npm test', 'npm test'],
    ['a\nb', 'a⏎\nb'],
    ['a\r\nb', 'a⟨CR⟩⏎\nb'],
    ['x\u200by', 'x⟨U+200B⟩y'],
    ['ls \u202etxt.exe', 'ls ⟨U+202E⟩txt.exe'],
    ['\u001b[2Kls', '⟨ESC⟩[2Kls'],
    ['a\u00a0b', 'a⟨NBSP⟩b'],
    ['a\u{e0041}b', 'a⟨U+E0041⟩b'],
    ['a\ufe0fb\u3164', 'a⟨U+FE0F⟩b⟨U+3164⟩'],
    [`ls${' '.repeat(200)}; rm x`, 'ls⟨200 blanks⟩; rm x'],
    ['echo ⟨LF⟩', 'echo ⟨U+27E8⟩LF⟨U+27E9⟩'],
    ['größe 日本', 'größe 日本'],
    ['a\u2065b\ufff0c\u{e0080}d', 'a⟨U+2065⟩b⟨U+FFF0⟩c⟨U+E0080⟩d'],
    ['rm\u0338 x\u20dd', 'rm⟨U+0338⟩ x⟨U+20DD⟩'],
    ['\u{1d159}\uffff', '⟨U+1D159⟩⟨U+FFFF⟩'],
  ])('writes %j as %j', (text, expected) => {
    expect(makeVisible(text)).toBe(expected);
  });
});

describe('wrapVisible', () => {
  it('marks where it wraps, and keeps line breaks', () => {
    expect(wrapVisible('abcdef⏎\nxy\n\nz', 3)).toBe('abc↩\ndef↩\n⏎\nxy\n\nz');
  });

  it('does not break a character in two', () => {
    expect(wrapVisible('😀😀😀', 2)).toBe('😀😀↩\n😀');
  });
});

describe('markUndecided', () => {
  it('marks a part', () => {
    expect(markUndecided('npm test && curl x', [{ start: 12, end: 18 }])).toBe(
      'npm test && ⟦curl x⟧',
    );
  });

  it('does not mark the whole', () => {
    expect(markUndecided('curl x', [{ start: 0, end: 6 }])).toBe('curl x');
  });

  it('lets no command forge a mark', () => {
    expect(markUndecided('echo ⟦x⟧ y', [{ start: 9, end: 10 }])).toBe('echo ⟨U+27E6⟩x⟨U+27E7⟩ ⟦y⟧');
  });
});

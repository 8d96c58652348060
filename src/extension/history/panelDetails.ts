import { makeVisible } from '../../policy/visibleText';
import type { FileDetails, PanelHunk, PanelImage } from '../../protocol/changesPanel';
import type { HunkLine, HunkView } from '../../protocol/changesView';

/** The most that is posted for one file: more is for the diff editor. */
const MAX_LINES = 2_000;
const MAX_LINE = 500;
const MAX_IMAGE_BYTES = 1024 * 1024;

/** The hunks of a file as the panel shows them, as many as it takes. */
export function hunkDetails(hunks: readonly HunkView[]): FileDetails {
  const shown: PanelHunk[] = [];
  let lines = 0;
  for (const hunk of hunks) {
    lines += hunk.lines.length;
    if (lines > MAX_LINES && shown.length > 0) break;
    shown.push(panelHunk(hunk));
  }
  return { type: 'hunks', hunks: shown, hidden: hunks.length - shown.length };
}

function panelHunk({ number, standing, oldStart, newStart, lines, hidden }: HunkView): PanelHunk {
  const kept = lines.slice(0, MAX_LINES);
  return {
    number,
    standing,
    heading: `@@ -${oldStart} +${newStart} @@`,
    lines: kept.map(({ mark, text }) => ({ mark, text: visibleCode(text) })),
    hidden: hidden + lines.length - kept.length,
  };
}

/** A line of code with its indentation as it is and everything invisible after that written out. */
function visibleCode(text: HunkLine['text']): string {
  const cut = text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)} …` : text;
  const indentation = /^[\t ]{0,200}/u.exec(cut)?.[0] ?? '';
  return indentation + makeVisible(cut.slice(indentation.length), false);
}

/** Words about one side of a picture. */
export interface ImageWords {
  readonly none: string;
  readonly notHeld: string;
  sizeOf(bytes: number): string;
  tooLarge(size: string): string;
}

/** One side of a picture: its bytes, `undefined` where there was none, `null` where they are not held. */
export function panelImage(bytes: Buffer | undefined | null, words: ImageWords): PanelImage {
  if (bytes === undefined) return { caption: words.none };
  if (bytes === null) return { caption: words.notHeld };
  const size = words.sizeOf(bytes.length);
  if (bytes.length > MAX_IMAGE_BYTES) return { caption: words.tooLarge(size) };
  const type = imageType(bytes);
  if (type === undefined) return { caption: size };
  return { source: `data:${type};base64,${bytes.toString('base64')}`, caption: size };
}

/** How the kinds of pictures begin that a browser shows. The name of a file is not believed. */
const BEGINNINGS: readonly (readonly [type: string, at: number, bytes: string])[] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
  ['image/bmp', 0, 'BM'],
  ['image/x-icon', 0, '\0\0\x01\0'],
  ['image/avif', 4, 'ftypavif'],
];

function imageType(bytes: Buffer): string | undefined {
  const head = bytes.subarray(0, 16).toString('latin1');
  return BEGINNINGS.find(([, at, begin]) => head.startsWith(begin, at))?.[0];
}

import type { PanelFile, PanelHunk, PanelStrings } from '../../protocol/changesPanel';
import type { Note, Row } from './treeRows';
import { fill } from './words';

/** What a screen reader says for a row: all that its text, drawings and colours show. */
export function labelOf(row: Row, strings: PanelStrings): string {
  switch (row.kind) {
    case 'prompt': {
      const { title, detail, running, lines } = row.prompt;
      const count = countText(row.prompt.fileCount, strings);
      return listed([title, detail, running && strings.running, count, linesText(lines, strings)]);
    }
    case 'call': {
      const { tool, time, allowedInFull, files } = row.call;
      return listed([tool, time, allowedInFull, countText(files.length, strings)]);
    }
    case 'file':
      return fileLabel(row.file, strings);
    case 'hunk':
      return listed([fill(strings.hunk, row.hunk.number), standingText(row.hunk, strings)]);
    case 'line':
      return `${strings.marks[row.line.mark]} ${row.line.text}`;
    case 'note':
      return noteText(row.note, strings);
    case 'images': {
      const { before, after } = row.images;
      return `${strings.before} ${before.caption}, ${strings.after} ${after.caption}`;
    }
    case 'filler':
      return '';
  }
}

function fileLabel(file: PanelFile, strings: PanelStrings): string {
  return listed([
    file.name,
    file.folder,
    strings.status[file.status],
    file.movedFrom !== undefined && fill(strings.movedFrom, file.movedFrom),
    strings.authorHelp[file.author],
    file.lines && linesText(file.lines, strings),
    file.state !== 'standing' && strings.states[file.state],
  ]);
}

function linesText(lines: NonNullable<PanelFile['lines']>, strings: PanelStrings): string {
  return `${fill(strings.linesAdded, lines.added)}, ${fill(strings.linesRemoved, lines.removed)}`;
}

export function countText(count: number, { oneFile, fileCount }: PanelStrings): string {
  return count === 1 ? oneFile : fill(fileCount, count);
}

/** How a hunk stands today, where there is something to say about it. */
export function standingText({ standing }: PanelHunk, strings: PanelStrings): string {
  return standing === 'intact' ? '' : strings.standing[standing];
}

export function noteText(note: Note, strings: PanelStrings): string {
  switch (note.type) {
    case 'text':
      return note.text;
    case 'loading':
      return strings.loading;
    default:
      return fill(strings[note.type], note.count);
  }
}

function listed(parts: readonly (string | false | undefined)[]): string {
  return parts.filter(Boolean).join(', ');
}

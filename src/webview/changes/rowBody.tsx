import type { JSX } from 'preact';
import type { LineCounts, PanelFile, PanelImage, PanelStrings } from '../../protocol/changesPanel';
import { AUTHOR_ICONS, Icon } from './icons';
import type { Note, Row } from './treeRows';
import { fill } from '../shared/words';

interface RowBodyProps {
  readonly row: Row;
  readonly strings: PanelStrings;
}

/** What a row shows between its fold and its buttons. */
export function RowBody({ row, strings }: RowBodyProps): JSX.Element | null {
  switch (row.kind) {
    case 'prompt': {
      const { title, detail, running, fileCount, lines } = row.prompt;
      return (
        <>
          <span class="name">{title}</span>
          <span class="detail">{running ? `${detail} · ${strings.running}` : detail}</span>
          <span class="count">{countText(fileCount, strings)}</span>
          <Lines lines={lines} />
        </>
      );
    }
    case 'call': {
      const { tool, time, allowed, allowedInFull, byPerson, files } = row.call;
      return (
        <>
          <span class="name">{tool}</span>
          <span class="detail">{time}</span>
          {allowed !== '' && (
            <span class="badge" title={allowedInFull}>
              <Icon name={byPerson ? 'person' : 'rule'} /> {allowed}
            </span>
          )}
          <span class="count">{countText(files.length, strings)}</span>
        </>
      );
    }
    case 'file':
      return <FileBody file={row.file} strings={strings} />;
    case 'hunk':
      return (
        <>
          <span class="code">{row.hunk.heading}</span>
          <span class="detail">{strings.standing[row.hunk.standing]}</span>
        </>
      );
    case 'line':
      return (
        <span class="code">
          <span class="unseen">{strings.marks[row.line.mark]} </span>
          <span class="mark" aria-hidden="true">
            {row.line.mark}
          </span>
          {row.line.text}
        </span>
      );
    case 'note':
      return <span class="detail">{noteText(row.note, strings)}</span>;
    case 'images':
      return (
        <span class="pictures">
          <Picture image={row.images.before} side={strings.before} />
          <Picture image={row.images.after} side={strings.after} />
        </span>
      );
    case 'filler':
      return null;
  }
}

function FileBody({ file, strings }: { file: PanelFile; strings: PanelStrings }): JSX.Element {
  const { name, folder, movedFrom, author, status, state, lines } = file;
  const place =
    movedFrom === undefined ? folder : `${folder} ${fill(strings.movedFrom, movedFrom)}`;
  return (
    <>
      <span class={`name ${state}`}>{name}</span>
      <span class="detail place" title={place}>
        {place}
      </span>
      {state !== 'standing' && (
        <span class="badge">
          <Icon name={state === 'kept' ? 'keep' : 'undo'} /> {strings.states[state]}
        </span>
      )}
      <span class="badge author" title={strings.authorHelp[author]}>
        <Icon name={AUTHOR_ICONS[author]} /> {strings.authors[author]}
      </span>
      {lines ? <Lines lines={lines} /> : <span class="lines" />}
      <span class="badge status">{strings.status[status]}</span>
    </>
  );
}

function Lines({ lines: { added, removed } }: { lines: LineCounts }): JSX.Element {
  return (
    <span class="lines">
      <span class="plus">+{added}</span> <span class="minus">−{removed}</span>
    </span>
  );
}

function Picture({ image, side }: { image: PanelImage; side: string }): JSX.Element {
  return (
    <span class="picture">
      {image.source !== undefined && <img src={image.source} alt="" />}
      <span class="detail">{`${side}: ${image.caption}`}</span>
    </span>
  );
}

function countText(count: number, { oneFile, fileCount }: PanelStrings): string {
  return count === 1 ? oneFile : fill(fileCount, count);
}

function noteText(note: Note, strings: PanelStrings): string {
  switch (note.type) {
    case 'text':
      return note.text;
    case 'loading':
      return strings.loading;
    default:
      return fill(strings[note.type], note.count);
  }
}

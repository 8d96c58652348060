import type { JSX, RefObject } from 'preact';
import type { PanelRequest, PanelStrings, PanelTree } from '../../protocol/changesPanel';
import type { ChangeAuthor } from '../../protocol/changesView';
import type { Filter } from './filterTree';
import { AUTHOR_ICONS, Icon, type IconName } from './icons';
import { AUTHORS } from './panelState';

interface ToolbarProps {
  readonly strings: PanelStrings;
  readonly tree: PanelTree;
  readonly filter: Filter;
  readonly filterBox: RefObject<HTMLInputElement | null>;
  readonly send: (request: PanelRequest) => void;
  readonly onFilter: (filter: Filter) => void;
  readonly onFoldAll: (open: boolean) => void;
  /** The person goes on from the filter to the list. */
  readonly onLeaveFilter: () => void;
}

/** What concerns all changes: undo, redo, folding, and what is shown at all. */
export function Toolbar(props: ToolbarProps): JSX.Element {
  const { strings, tree, send, onFoldAll } = props;
  const canUndo = tree.prompts.some(({ undoable }) => undoable);
  const button = (
    icon: IconName,
    text: string,
    onClick: () => void,
    disabled = false,
  ): JSX.Element => (
    <button type="button" disabled={disabled} onClick={onClick}>
      <Icon name={icon} /> {text}
    </button>
  );
  return (
    <header>
      <h1>{strings.title}</h1>
      <div class="bar" role="group" aria-label={strings.title}>
        {button('undo', strings.undoAll, () => send({ type: 'undoAll' }), !canUndo)}
        {button('redo', strings.redo, () => send({ type: 'redo' }), !tree.canRedo)}
        {button('openAll', strings.openAll, () => send({ type: 'openAll' }))}
        {button('collapseAll', strings.collapseAll, () => onFoldAll(false))}
        {button('expandAll', strings.expandAll, () => onFoldAll(true))}
      </div>
      <FilterBar {...props} />
    </header>
  );
}

function FilterBar({
  strings,
  filter,
  filterBox,
  onFilter,
  onLeaveFilter,
}: ToolbarProps): JSX.Element {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && filter.text !== '') onFilter({ ...filter, text: '' });
    else if (event.key === 'Escape' || event.key === 'ArrowDown') onLeaveFilter();
    else return;
    event.preventDefault();
  };
  const toggleAuthor = (author: ChangeAuthor): void => {
    const hidden = new Set(filter.hidden);
    if (!hidden.delete(author)) hidden.add(author);
    onFilter({ ...filter, hidden });
  };
  return (
    <div class="bar">
      <input
        ref={filterBox}
        type="text"
        class="filter"
        value={filter.text}
        placeholder={strings.filter}
        aria-label={strings.filter}
        onInput={event => onFilter({ ...filter, text: event.currentTarget.value })}
        onKeyDown={onKeyDown}
      />
      <div class="bar" role="group" aria-label={strings.whoChanged}>
        {AUTHORS.map(author => (
          <button
            key={author}
            type="button"
            class="toggle"
            title={strings.authorHelp[author]}
            aria-pressed={!filter.hidden.has(author)}
            onClick={() => toggleAuthor(author)}
          >
            <Icon name={AUTHOR_ICONS[author]} /> {strings.authors[author]}
          </button>
        ))}
      </div>
      <button
        type="button"
        class="toggle"
        aria-pressed={filter.hideReviewed}
        onClick={() => onFilter({ ...filter, hideReviewed: !filter.hideReviewed })}
      >
        {strings.hideReviewed}
      </button>
    </div>
  );
}

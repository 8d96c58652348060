import type { JSX } from 'preact';
import type { FactDocument, FactTable, PrivacyStrings } from '../../protocol/privacyPanel';

interface FactsProps {
  readonly facts: readonly FactTable[];
  readonly strings: PrivacyStrings;
  readonly open: ReadonlySet<string>;
  readonly unfold: (topic: string, isOpen: boolean) => void;
}

/** What the vendor says about data, a table for each question. */
export function Facts({ facts, strings, open, unfold }: FactsProps): JSX.Element {
  return (
    <section aria-labelledby="facts">
      <h2 id="facts">{strings.facts}</h2>
      {facts.map(table => (
        <details
          key={table.topic}
          open={open.has(table.topic)}
          onToggle={event => unfold(table.topic, event.currentTarget.open)}
        >
          <summary>{table.title}</summary>
          <table>
            <thead>
              <tr>
                <th scope="col">{strings.about}</th>
                <th scope="col">{strings.fact}</th>
                <th scope="col">{strings.document}</th>
              </tr>
            </thead>
            <tbody>
              {table.rows.map(({ about, fact, document }) => (
                <tr key={about + fact}>
                  <th scope="row">{about}</th>
                  <td>{fact}</td>
                  <td>
                    <Documents documents={[document]} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      ))}
    </section>
  );
}

/** The documents that something rests on; the editor asks before it opens an address. */
export function Documents({
  documents,
}: {
  readonly documents: readonly FactDocument[];
}): JSX.Element {
  return (
    <>
      {documents.map(({ text, url }) => (
        <span key={text} class="document">
          {url === undefined ? text : <a href={url}>{text}</a>}
        </span>
      ))}
    </>
  );
}

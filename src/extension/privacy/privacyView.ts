import { makeVisible } from '../../policy/visibleText';
import { DATA_FACTS, FACT_TOPICS, type FactTopic } from '../../privacy/dataFacts';
import type { PrivacyRecord } from '../../privacy/privacyRecord';
import { sayFactSource, type FactSource } from '../../privacy/source';
import type { SwitchReading } from '../../privacy/switches/readSwitch';
import type { FactDocument, FactTable, PrivacyRow, PrivacyView } from '../../protocol/privacyPanel';

/** What the view is made of besides the readings. */
interface ViewFacts {
  readonly record: PrivacyRecord;
  /** What an undo would take back. */
  readonly undo: string | undefined;
  /** True in Kiro IDE, whose own settings editor can then show a setting. */
  readonly inKiro: boolean;
}

/** What the panel shows, with everything that came from a file made visible. */
export function privacyView(
  readings: readonly SwitchReading[],
  { record, undo, inKiro }: ViewFacts,
): PrivacyView {
  return {
    rows: readings.map(reading => rowOf(reading, record, inKiro)),
    facts: factTables(),
    ...(undo !== undefined && { undo }),
    canOptOut: readings.some(isOpen),
    enterprisePlan: record.enterprisePlan === true,
  };
}

/** Whether opting out has anything to do with it. */
function isOpen({ row, state, decidedBy }: SwitchReading): boolean {
  return row.shares && row.place !== 'web' && state !== 'off' && decidedBy === undefined;
}

function rowOf(reading: SwitchReading, record: PrivacyRecord, inKiro: boolean): PrivacyRow {
  const { row, state, source, file } = reading;
  const { id, title, sends, where, seenBy, stored, note, place, sources } = row;
  const isSetting = inKiro && place === 'ideSettings';
  return {
    ...{ id, title, state, sends, where, seenBy, stored },
    source: makeVisible(source, false),
    ...(note !== undefined && { note }),
    documents: sources.map(documentOf),
    control: controlOf(reading),
    opens: isSetting ? 'setting' : file === undefined ? 'nothing' : 'file',
    recorded: place === 'web' && record.autonomousAgentOptedOut !== undefined,
  };
}

function controlOf({ row, state, decidedBy, unreadable }: SwitchReading): PrivacyRow['control'] {
  if (row.place === 'web') return 'browser';
  if (unreadable === true || decidedBy === 'administrator') return 'none';
  return state === 'on' || state === 'off' ? 'toggle' : 'choose';
}

function documentOf(source: FactSource): FactDocument {
  const { url } = source;
  return { text: sayFactSource(source), ...(url !== undefined && { url }) };
}

function factTables(): readonly FactTable[] {
  return (Object.keys(FACT_TOPICS) as FactTopic[]).map(topic => ({
    topic,
    title: FACT_TOPICS[topic],
    rows: DATA_FACTS.filter(fact => fact.topic === topic).map(({ about, fact, source }) => ({
      ...{ about, fact, document: documentOf(source) },
    })),
  }));
}

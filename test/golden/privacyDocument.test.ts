import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { DATA_FACTS, FACT_TOPICS, type FactTopic } from '../../src/privacy/dataFacts';
import { sayFactSource, SOURCES_READ } from '../../src/privacy/source';
import { SWITCH_ROWS, type SwitchRow } from '../../src/privacy/switches/switchTable';

const DOCUMENT = join(import.meta.dirname, '../../docs/privacy.md');

it('docs/privacy.md says what the tables say (run vitest with -u after a change)', async () => {
  expect(SWITCH_ROWS.length).toBeGreaterThan(9);
  expect(DATA_FACTS.length).toBeGreaterThan(20);
  const config = await resolveConfig(DOCUMENT);
  const text = await format(privacyDocument(), { ...config, parser: 'markdown' });
  await expect(text).toMatchFileSnapshot(DOCUMENT);
});

it('every topic has a fact, and every fact a source', () => {
  for (const topic of Object.keys(FACT_TOPICS)) {
    expect(DATA_FACTS.some(fact => fact.topic === topic)).toBe(true);
  }
  for (const { about, fact, source } of DATA_FACTS) {
    expect([about, fact, source.title].every(text => text.length > 3)).toBe(true);
  }
});

function privacyDocument(): string {
  return [
    '# Privacy: what leaves the machine, and its switches',
    '<!-- Made from src/privacy (vitest -u test/golden/privacyDocument.test.ts); do not edit. -->',
    `What the vendor of Kiro says about data, as read on ${SOURCES_READ}, and the switches that Checkrein reads and writes. Checkrein itself sends nothing.`,
    'A state that cannot be read is shown as _unknown_, never as _off_; _managed_ means that an administrator or a plan decides.',
    '## Switches',
    '**Checkrein: Privacy** shows each of them and puts it on or off; `checkrein privacy [--home DIR] [--json]` prints the state of each; the JSON follows [schemas/privacyReport.schema.json](../schemas/privacyReport.schema.json).',
    ...SWITCH_ROWS.flatMap(sayRow),
    '## Facts',
    ...(Object.keys(FACT_TOPICS) as FactTopic[]).flatMap(sayTopic),
  ].join('\n\n');
}

function sayRow(row: SwitchRow): readonly string[] {
  const names = row.names.filter(({ kind }) => kind === 'current').map(({ path }) => path);
  const others = row.names.filter(({ kind }) => kind !== 'current').map(({ path }) => path);
  const lines = [
    `- **Sends**: ${row.sends}`,
    `- **To**: ${row.where}`,
    `- **Seen by**: ${row.seenBy}`,
    `- **Stored**: ${row.stored}`,
    `- **Switch**: ${names.map(code).join(', ') || 'none on this machine'}${PLACES[row.place]}`,
    ...(others.length === 0 ? [] : [`- **Also looked at**: ${others.map(code).join(', ')}`]),
    `- **Where nothing is set**: ${row.whenAbsent}`,
    ...(row.planDecides ? ['- **Enterprise plans**: the plan decides, content is not used'] : []),
    ...(row.note === undefined ? [] : [`- **Note**: ${row.note}`]),
    `- **Source**: ${row.sources.map(sayFactSource).join('; ')}`,
  ];
  return [`### ${row.title}`, `\`${row.id}\``, lines.join('\n')];
}

const PLACES: Readonly<Record<SwitchRow['place'], string>> = {
  ideSettings: ' in the user settings of Kiro IDE',
  cliSettings: ' in `~/.kiro/settings/cli.json` (or below `KIRO_HOME`)',
  kiroSettings: ' in `.kiro/settings.json`, else `~/.kiro/settings.json`',
  web: '',
};

function code(path: readonly string[]): string {
  return `\`${path.join(' > ')}\``;
}

function sayTopic(topic: FactTopic): readonly string[] {
  const rows = DATA_FACTS.filter(fact => fact.topic === topic).map(
    ({ about, fact, source }) => `| ${about} | ${fact} | ${sayFactSource(source)} |`,
  );
  return [
    `### ${FACT_TOPICS[topic]}`,
    ['| About | Fact | Source |', '| --- | --- | --- |', ...rows].join('\n'),
  ];
}

import type { CallView, ChangesView, FileView, PromptView } from '../../src/protocol/changesView';

const START = Date.UTC(2026, 10, 21, 9);
const FILES_A_CALL = 20;
const CALLS_A_PROMPT = 10;

/** A view of as many changed files, spread over calls and prompts as an agent's work is. */
export function manyChanges(count: number): ChangesView {
  const files = Array.from({ length: count }, (_, index) => fileView(index));
  const calls = grouped(files, FILES_A_CALL).map(callView);
  const prompts = grouped(calls, CALLS_A_PROMPT).map(promptView);
  return { prompts, others: [fileView(count)], gaps: [], canRedo: true };
}

export function fileView(index: number, more: Partial<FileView> = {}): FileView {
  const authors = ['agent', 'shell', 'mixed'] as const;
  const statuses = ['modified', 'added', 'modified', 'deleted'] as const;
  return {
    root: '/work/shop',
    path: `packages/area${index % 37}/src/feature${index % 211}/module${index}.ts`,
    author: authors[index % authors.length] ?? 'agent',
    status: statuses[index % statuses.length] ?? 'modified',
    kind: 'text',
    lines: { added: index % 90, removed: index % 13 },
    state: 'standing',
    ...more,
  };
}

function callView(files: readonly FileView[], index: number): CallView {
  return {
    id: `call-${index}`,
    tool: index % 3 === 0 ? 'execute_bash' : 'str_replace',
    start: START + index * 1_000,
    allowed:
      index % 2 === 0
        ? { code: 'insideWorkspace', byPerson: false }
        : { code: 'trustedCommand', byPerson: false, rule: { pattern: 'npm *', file: 'settings' } },
    files,
  };
}

function promptView(calls: readonly CallView[], index: number): PromptView {
  return {
    id: `prompt-${index}`,
    agent: 'Kiro',
    title: `Rename the parts of area ${index} and bring their tests up to date`,
    start: START + index * 60_000,
    end: START + index * 60_000 + 30_000,
    files: calls.flatMap(({ files }) => files),
    calls,
  };
}

function grouped<T>(all: readonly T[], size: number): T[][] {
  const groups: T[][] = [];
  for (let at = 0; at < all.length; at += size) groups.push(all.slice(at, at + size));
  return groups;
}

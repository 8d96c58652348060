import type { StringASTNode } from 'vscode-json-languageservice';
import { parsePattern } from '../../policy/commands/patternMatch';
import { patternOfToolEntry } from '../../policy/commands/trustedPatterns';
import { quote, type Finding, type Fix } from '../finding';
import { withoutEntry } from '../removal';
import { rangeOf, stringsIn } from '../syntaxTree';
import { analysePattern } from './patternAnalysis';
import { PatternIndex } from './patternIndex';
import { entriesOf, policyKeys } from './policyValues';
import { DIALECT, type RuleInput } from './ruleInput';

/** Trusted, denied and always-asking commands of the policy. */
export function* commandRules(input: RuleInput): Iterable<Finding> {
  const denied = deniedPatterns(input);
  for (const { key, node } of policyKeys(input)) {
    if (key === 'trustedCommands') yield* trusted(input, stringsIn(node), denied);
    if (key === 'deniedCommands' || key === 'neverList')
      yield* limiting(input, stringsIn(node), key);
    if (key === 'commandDenylist') yield* kiroDenied(stringsIn(node));
  }
}

type Say = (code: Finding['code'], message: string, fixes?: () => readonly Fix[]) => Finding;

function sayAt(entry: StringASTNode): Say {
  return (code, message, fixes) => ({ code, message, ...rangeOf(entry), ...(fixes && { fixes }) });
}

/** The fix that most findings about an entry have. */
export function removeEntry({ text }: RuleInput, entry: StringASTNode): () => readonly Fix[] {
  return () => [{ title: `Remove ${quote(entry.value)}`, changes: withoutEntry(text, entry) }];
}

function* trusted(
  input: RuleInput,
  entries: readonly StringASTNode[],
  denied: PatternIndex<string>,
): Iterable<Finding> {
  const earlier = new PatternIndex<StringASTNode>();
  // Which entry of two is superfluous does not depend on their order.
  const all = new PatternIndex<StringASTNode>();
  // An entry without effect covers nothing, however wide it looks.
  const counts = new Set(
    entries.filter(({ value }) => analysePattern(value).refusal?.kind !== 'never'),
  );
  for (const entry of counts) all.add(entry.value, entry);
  for (const entry of entries) {
    yield* oneTrusted(
      input,
      entry,
      denied,
      earlier.covering(entry.value) ?? all.covering(entry.value, entry),
    );
    if (counts.has(entry)) earlier.add(entry.value, entry);
  }
}

function* oneTrusted(
  input: RuleInput,
  entry: StringASTNode,
  denied: PatternIndex<string>,
  cover: { readonly pattern: string; readonly owner: StringASTNode } | undefined,
): Iterable<Finding> {
  const pattern = entry.value;
  const say = sayAt(entry);
  const remove = removeEntry(input, entry);
  if (pattern.trim() === '') return;
  const { refusal, universal, useless, examples } = analysePattern(pattern);
  if (refusal) {
    yield say(
      refusal.kind === 'never' ? 'never-trusted' : 'trusts-any-program',
      refusal.reason,
      remove,
    );
    return;
  }
  if (universal) {
    const message =
      'Every command runs unasked, but for the never list, protected paths and secret files.';
    yield say('trusts-everything', message, remove);
    return;
  }
  if (useless !== undefined) {
    yield say('never-matches', `${quote(pattern)} matches no command: ${useless}.`);
    return;
  }
  const deny = denied.covering(pattern);
  if (deny) {
    yield say(
      'shadowed-by-deny',
      `${quote(pattern)} has no effect: ${quote(deny.pattern)}${deny.owner} denies it.`,
      remove,
    );
    return;
  }
  if (cover) {
    yield say('shadowed', `${quote(cover.pattern)} covers ${quote(pattern)} already.`, remove);
    return;
  }
  if (examples.length > 0) {
    yield say(
      'covers-more',
      `${quote(pattern)} also runs ${examples.map(quote).join(', ')} unasked.`,
    );
  }
}

function* limiting(
  input: RuleInput,
  entries: readonly StringASTNode[],
  key: 'deniedCommands' | 'neverList',
): Iterable<Finding> {
  const earlier = new PatternIndex<StringASTNode>();
  const effect = key === 'deniedCommands' ? 'denied' : 'asked about';
  for (const entry of entries) {
    const pattern = entry.value;
    const say = sayAt(entry);
    if (pattern.trim() === '') continue;
    const { useless } = analysePattern(pattern);
    const cover = earlier.covering(pattern);
    const { words, end } = parsePattern(pattern, DIALECT);
    if (useless !== undefined) {
      yield say('dead-deny', `${quote(pattern)} is never ${effect}: ${useless}.`);
    } else if (cover) {
      yield say(
        'shadowed',
        `${quote(cover.pattern)} covers ${quote(pattern)} already.`,
        removeEntry(input, entry),
      );
    } else if (words && end === 'exact') {
      const open = `${pattern.trim()} *`;
      const message = `Only exactly ${quote(pattern)} is ${effect}, not the same command with arguments; ${quote(open)} covers both.`;
      yield say('dead-deny', message, () => [
        {
          title: `Change to ${quote(open)}`,
          changes: [{ ...rangeOf(entry), text: JSON.stringify(open) }],
        },
      ]);
    }
    earlier.add(pattern, entry);
  }
}

/** Kiro 0.x looks for these texts anywhere in a line, star and all. */
function* kiroDenied(entries: readonly StringASTNode[]): Iterable<Finding> {
  for (const entry of entries) {
    if (!entry.value.includes('*')) continue;
    const bare = entry.value.replaceAll('*', '').trim();
    const message = `Kiro 0.x looks for this text as it stands, star and all: ${quote(entry.value)} matches nothing.`;
    yield sayAt(entry)('dead-deny', message, () =>
      bare === ''
        ? []
        : [
            {
              title: `Change to ${quote(bare)}`,
              changes: [{ ...rangeOf(entry), text: JSON.stringify(bare) }],
            },
          ],
    );
  }
}

/** What this file and the other places deny. The owner says where, to follow the pattern. */
function deniedPatterns(input: RuleInput): PatternIndex<string> {
  const index = new PatternIndex<string>();
  for (const entry of entriesOf(input, 'deniedCommands'))
    index.add(entry.value, ' in "deniedCommands"');
  for (const entry of entriesOf(input, 'excludeTools')) {
    const pattern = patternOfToolEntry(entry.value);
    if (pattern !== undefined) index.add(pattern, ' in "excludeTools"');
  }
  for (const { pattern, source } of input.facts.denied) index.add(pattern, ` in ${source.file}`);
  return index;
}

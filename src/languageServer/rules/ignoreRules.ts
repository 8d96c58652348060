import { ignoredBy, ignoreLines, type IgnoreLine } from '../gitignore';
import { quote, type Finding, type Fix } from '../finding';
import type { RuleInput } from './ruleInput';

/** `.kiroignore` and `.gitignore`. */
export function* ignoreRules(input: RuleInput): Iterable<Finding> {
  const { kind } = input.file;
  if (kind !== 'ignore' && kind !== 'gitignore') return;
  for (const line of ignoreLines(input.text)) yield* neverMatches(line, kind === 'gitignore');
  if (kind === 'ignore') yield* notAGuard(input);
  else yield* sharedFiles(input);
}

function* neverMatches(line: IgnoreLine, ofKiroOnly: boolean): Iterable<Finding> {
  if (ofKiroOnly && !line.text.includes('.kiro') && !line.text.startsWith('.env')) return;
  const mended = mend(line.text);
  if (!mended) return;
  yield {
    code: 'ignore-never-matches',
    message: `This line ignores nothing: ${mended.why}.`,
    ...{ start: line.start, end: line.end },
    fixes: () => [
      {
        title: `Change to ${quote(mended.text.split('\n').at(-1) ?? '')}`,
        changes: [{ start: line.start, end: line.end, text: mended.text }],
      },
    ],
  };
}

function mend(text: string): { readonly text: string; readonly why: string } | undefined {
  const comment = /^(.*?\S)\s+(#.*)$/.exec(text);
  if (comment) {
    return {
      text: `${comment[2] ?? ''}\n${comment[1] ?? ''}`,
      why: 'a comment needs a line of its own',
    };
  }
  if (text.startsWith('./')) return { text: text.slice(1), why: 'paths do not begin with "./"' };
  if (/\w\\\w/.test(text))
    return { text: text.replaceAll('\\', '/'), why: 'folders are separated by "/"' };
  return undefined;
}

const SECRET_FILES = ['.env', 'server.pem', 'id_rsa', '.npmrc', 'credentials.json'];

function* notAGuard({ text, file, facts }: RuleInput): Iterable<Finding> {
  const [first] = ignoreLines(text);
  const { honouredIgnoreFiles } = facts;
  if (
    first &&
    file.place === 'workspace' &&
    honouredIgnoreFiles &&
    !honouredIgnoreFiles.includes('.kiroignore')
  ) {
    const message =
      '"kiroAgent.agentIgnoreFiles" does not name ".kiroignore": Kiro does not read this file.';
    yield { code: 'ignore-not-honoured', message, start: first.start, end: first.end };
  }
  const secret = SECRET_FILES.map(name => ignoredBy(text, name)).find(line => line !== undefined);
  if (!secret) return;
  const message =
    'Ignoring a file hides it from searches and file tools; a shell command still reads it.';
  yield { code: 'ignore-no-guard', message, start: secret.start, end: secret.end };
}

const SHARED = [
  '.kiro/steering/product.md',
  '.kiro/hooks/lint.json',
  '.kiro/specs/login/design.md',
];

function* sharedFiles({ text }: RuleInput): Iterable<Finding> {
  const hits = new Map<string, { readonly line: IgnoreLine; readonly what: string[] }>();
  for (const path of SHARED) {
    const line = ignoredBy(text, path);
    if (!line) continue;
    const hit = hits.get(line.text) ?? { line, what: [] };
    hit.what.push(path.split('/').slice(0, 2).join('/'));
    hits.set(line.text, hit);
  }
  for (const { line, what } of hits.values()) {
    yield {
      code: 'shared-files-ignored',
      message: `Git ignores ${what.join(', ')}, which ${what.length > 1 ? 'are' : 'is'} meant to be shared.`,
      ...{ start: line.start, end: line.end },
      fixes: () => (/^\/?\.kiro(?:\/\*{0,2})?$/.test(line.text.trim()) ? [onlyOwn(line)] : []),
    };
  }
}

function onlyOwn({ start, end }: IgnoreLine): Fix {
  const text = '.kiro/settings.json\n.kiro/cache/';
  return { title: 'Ignore settings and caches only', changes: [{ start, end, text }] };
}

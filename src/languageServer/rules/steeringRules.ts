import { nearestName } from '../../settings/nearestName';
import { quote, type Finding, type Fix } from '../finding';
import { firstLine } from '../removal';
import { propertyOf, rangeOf, stringsIn, textOf, type SyntaxNode } from '../syntaxTree';
import { readYaml } from '../yamlTree';
import type { RuleInput } from './ruleInput';

const MODES = ['always', 'fileMatch', 'manual', 'auto'];
/** A head is a few lines; behind it lies Markdown of any length. */
const MAX_HEAD = 10_000;

/** Steering files: their head decides when Kiro includes them. */
export function* steeringRules({ file, text }: RuleInput): Iterable<Finding> {
  if (file.kind !== 'steering') return;
  const top = firstLine(text);
  const begin = text.startsWith('\ufeff') ? 1 : 0;
  const body = text.slice(begin, begin + MAX_HEAD);
  const [, opening = '', yaml = '', closing = ''] =
    /^(---[ \t]*\r?\n)([^]*?)(^---[ \t]*(?:\r?\n|$))/m.exec(body) ?? [];
  const at = begin + opening.length;
  const hasHead = closing !== '' && body.startsWith(opening);
  const rest = hasHead ? text.slice(at + yaml.length + closing.length) : text.slice(begin);
  if (rest.trim() === '') {
    yield { code: 'steering-incomplete', message: 'This file says nothing.', ...top };
  }
  if (!hasHead) {
    if (!/^\s*---[ \t]*\r?\n\s*\w+:/.test(body)) return;
    const message =
      'The head has no end, or does not begin in the first line: Kiro always includes this file.';
    yield { code: 'steering-front-matter', message, ...top };
    return;
  }
  const { root, faults } = readYaml(yaml);
  const [fault] = faults;
  if (fault || (root && root.type !== 'object' && root.type !== 'null')) {
    const message = 'Kiro cannot read this head, and so always includes the file.';
    const place = fault ? { start: at + fault.start, end: at + fault.end } : top;
    yield { code: 'steering-front-matter', message, ...place };
    return;
  }
  for (const finding of mode(root)) yield moved(finding, at);
}

/** A finding in a part of the text, as one in the whole of it. */
function moved(finding: Finding, by: number): Finding {
  const { start, end, fixes } = finding;
  return {
    ...finding,
    ...{ start: start + by, end: end + by },
    fixes: () =>
      (fixes?.() ?? []).map(fix => ({
        ...fix,
        changes: fix.changes.map(change => ({
          ...change,
          ...{ start: change.start + by, end: change.end + by },
        })),
      })),
  };
}

function* mode(root: SyntaxNode | undefined): Iterable<Finding> {
  const inclusion = propertyOf(root, 'inclusion');
  const node = inclusion?.valueNode;
  if (!inclusion || !node) return;
  const name = textOf(node) ?? '';
  const marked = rangeOf(inclusion);
  if (!MODES.includes(name)) {
    const near = nearestName(name, MODES);
    const meant = near === undefined ? '.' : `: did you mean ${quote(near)}?`;
    const message = `Kiro knows no mode ${quote(name)} and always includes this file${meant}`;
    const fixes = (): readonly Fix[] =>
      near === undefined
        ? []
        : [{ title: `Change to ${quote(near)}`, changes: [{ ...rangeOf(node), text: near }] }];
    yield { code: 'steering-front-matter', message, ...rangeOf(node), fixes };
  }
  const globs = stringsIn(propertyOf(root, 'fileMatchPattern')?.valueNode);
  if (name === 'fileMatch' && globs.length === 0) {
    const message = 'Without "fileMatchPattern" this file is included for no file.';
    yield { code: 'steering-incomplete', message, ...marked };
  }
  for (const glob of globs.filter(({ value }) => isBadGlob(value))) {
    const message = `No file matches ${quote(glob.value)}: a bracket is not closed, or the path is absolute.`;
    yield { code: 'steering-incomplete', message, ...rangeOf(glob) };
  }
  const lacks = (key: string): boolean =>
    (textOf(propertyOf(root, key)?.valueNode) ?? '').trim() === '';
  if (name === 'auto' && (lacks('name') || lacks('description'))) {
    const message = '"auto" needs "name" and "description", by which the model picks the file.';
    yield { code: 'steering-incomplete', message, ...marked };
  }
}

function isBadGlob(glob: string): boolean {
  const count = (character: string): number => glob.split(character).length;
  return (
    glob.trim() === '' ||
    glob.startsWith('/') ||
    count('[') !== count(']') ||
    count('{') !== count('}')
  );
}

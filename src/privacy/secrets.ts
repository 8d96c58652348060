import { TOKEN_FORMATS } from '../policy/tokenFormats';

/** A part of a text that looks like a secret. */
export interface SecretSpan {
  /** What it looks like, for people. */
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  /** False for a value that is only named like a secret. */
  readonly certain: boolean;
}

interface SecretPattern {
  readonly kind: string;
  /** Every quantifier is bounded, so that no text makes the search slow. */
  readonly pattern: RegExp;
  /** The group that is the secret, where it is not the whole match. */
  readonly group?: number;
  readonly certain: boolean;
  /** False where no match is possible: a glance that saves the search. */
  readonly isWorthwhile: (text: string, lower: string) => boolean;
}

const PUBLISHED = TOKEN_FORMATS.map(({ kind, marks, pattern, whole, group }): SecretPattern => ({
  kind: kind.replace(/^an? /, ''),
  pattern: whole ?? pattern,
  ...(group !== undefined && { group }),
  certain: true,
  isWorthwhile: text => marks.some(mark => text.includes(mark)),
}));

/** Hints are parts in lower case of which every match holds one. */
function byName(
  kind: string,
  hints: readonly string[],
  pattern: RegExp,
  group = 0,
  certain = true,
): SecretPattern {
  const isWorthwhile = (_: string, lower: string): boolean =>
    hints.some(hint => lower.includes(hint));
  return { kind, pattern, group, certain, isWorthwhile };
}

/** Secrets that no issuer's form tells, but a name or a common beginning. */
const NAMED: readonly SecretPattern[] = [
  byName(
    'AWS secret key',
    ['secret'],
    /\b(?:aws_?)?secret_?(?:access_?)?key["']?\s{0,4}[:=]\s{0,4}["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])/gi,
    1,
  ),
  byName('API key', ['sk-'], /\bsk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{20,255}/g),
  byName(
    'authorization header',
    ['bearer', 'basic'],
    /\b(?:bearer|basic)\s{1,4}([A-Za-z0-9._~+/=-]{16,4000})/gi,
    1,
  ),
  byName(
    'value named like a secret',
    ['pass', 'secret', 'token', 'key', 'credential'],
    /\b[A-Za-z0-9_.-]{0,40}(?:password|passwd|passphrase|secret|token|credential|(?:api|access|private|auth)[_-]?key)[A-Za-z0-9_-]{0,20}["']?\s{0,4}[:=]\s{0,4}["']?(?![\w.]{1,80}\()([^\s"'`,;(){}<>[\]$]{8,400})/gi,
    1,
    false,
  ),
];

const PATTERNS = [...PUBLISHED, ...NAMED];

/** The parts of a text that look like secrets, in order, none inside another. */
export function findSecrets(text: string): readonly SecretSpan[] {
  const lower = text.toLowerCase();
  const spans = PATTERNS.filter(({ isWorthwhile }) => isWorthwhile(text, lower))
    .flatMap(pattern => spansOf(text, pattern))
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: SecretSpan[] = [];
  for (const span of spans) {
    const last = kept.at(-1);
    if (!last || span.start >= last.end) kept.push(span);
    // Of two that overlap the certain one says what it is, and both are hidden.
    else {
      kept[kept.length - 1] = {
        ...(last.certain ? last : span),
        start: last.start,
        end: Math.max(last.end, span.end),
      };
    }
  }
  return kept;
}

function spansOf(text: string, { pattern, kind, group, certain }: SecretPattern): SecretSpan[] {
  return [...text.matchAll(pattern)].map(match => {
    const whole = match[0];
    const secret = group === undefined ? whole : (match[group] ?? whole);
    const start = match.index + whole.lastIndexOf(secret);
    return { kind, certain, start, end: start + secret.length };
  });
}

/** The text with everything that looks like a secret replaced by its kind. */
export function maskSecrets(text: string): string {
  const spans = findSecrets(text);
  if (spans.length === 0) return text;
  let at = 0;
  let masked = '';
  for (const { start, end, kind } of spans) {
    masked += `${text.slice(at, start)}[hidden: ${kind}]`;
    at = end;
  }
  return masked + text.slice(at);
}

const SECRET_NAME =
  /password|passwd|passphrase|secret|token|credential|api[_-]?key|private[_-]?key/i;
const MAX_DEPTH = 200;

/** A JSON value with the secrets in its texts hidden, also those that only their name tells. */
export function maskValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return maskSecrets(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '[left out: nested too deeply]';
  if (Array.isArray(value)) return value.map(entry => maskValue(entry, depth + 1));
  const entries = Object.entries(value).map(([name, entry]: [string, unknown]) => {
    const isNamed = typeof entry === 'string' && entry.length >= 8 && SECRET_NAME.test(name);
    const masked = maskValue(entry, depth + 1);
    // A value that is masked by its look keeps the better name.
    const hidden = masked === entry ? '[hidden: value named like a secret]' : masked;
    return [maskSecrets(name), isNamed ? hidden : masked] as const;
  });
  // A null prototype takes a key "__proto__" for a key like any other.
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [name, entry] of entries) copy[name] = entry;
  return copy;
}

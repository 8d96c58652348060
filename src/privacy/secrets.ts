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
  /** A part without which no match is possible, lower case; looked for first. */
  readonly hints: readonly string[];
  readonly certain: boolean;
}

function sure(kind: string, hints: readonly string[], pattern: RegExp, group?: number) {
  return { kind, hints, pattern, certain: true, ...(group !== undefined && { group }) };
}

const PATTERNS: readonly SecretPattern[] = [
  sure(
    'private key',
    ['private key-----'],
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[^-]{0,20000}(?:-----END [A-Z0-9 ]{0,40}-----)?/g,
  ),
  sure('AWS access key', ['akia', 'asia'], /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g),
  sure(
    'AWS secret key',
    ['secret'],
    /\b(?:aws_?)?secret_?(?:access_?)?key["']?\s{0,4}[:=]\s{0,4}["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])/gi,
    1,
  ),
  sure(
    'GitHub token',
    ['gh', 'github_pat_'],
    /\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255})/g,
  ),
  sure('GitLab token', ['glpat-'], /\bglpat-[A-Za-z0-9_-]{20,255}/g),
  sure('Slack token', ['xox'], /\bxox[abeoprs]-[A-Za-z0-9-]{10,255}/g),
  sure('npm token', ['npm_'], /\bnpm_[A-Za-z0-9]{36,255}/g),
  sure('Google API key', ['aiza'], /\bAIza[A-Za-z0-9_-]{35}/g),
  sure('Stripe key', ['k_live_', 'k_test_'], /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}/g),
  sure('API key', ['sk-'], /\bsk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{20,255}/g),
  sure(
    'JSON web token',
    ['eyj'],
    /\beyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,2000}/g,
  ),
  sure(
    'credentials in an address',
    ['://'],
    /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{1,100}:([^\s/@"']{3,200})@/gi,
    1,
  ),
  sure(
    'authorization header',
    ['bearer', 'basic'],
    /\b(?:bearer|basic)\s{1,4}([A-Za-z0-9._~+/=-]{16,4000})/gi,
    1,
  ),
  {
    kind: 'value named like a secret',
    hints: ['pass', 'secret', 'token', 'key', 'credential'],
    pattern:
      /\b[A-Za-z0-9_.-]{0,40}(?:password|passwd|passphrase|secret|token|credential|(?:api|access|private|auth)[_-]?key)[A-Za-z0-9_-]{0,20}["']?\s{0,4}[:=]\s{0,4}["']?(?![\w.]{1,80}\()([^\s"'`,;(){}<>[\]$]{8,400})/gi,
    group: 1,
    certain: false,
  },
];

/** The parts of a text that look like secrets, in order, none inside another. */
export function findSecrets(text: string): readonly SecretSpan[] {
  const lower = text.toLowerCase();
  const spans = PATTERNS.filter(({ hints }) => hints.some(hint => lower.includes(hint)))
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

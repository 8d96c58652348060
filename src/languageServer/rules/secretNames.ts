/** How sure it is that a value is a secret. */
export type SecretSign = 'secret' | 'maybe' | 'none';

const SOUNDS_SECRET =
  /TOKEN|SECRET|PASSW(?:OR)?D|PASSPHRASE|API[-_]?KEY|ACCESS[-_]?KEY|PRIVATE[-_]?KEY|CREDENTIAL|BEARER|(?:^|[-_])(?:PAT|KEY|AUTH)$|^AUTHORIZATION$|^(?:X-)?AUTH/i;
const COULD_BE_SECRET = /KEY|PASS|PWD|SIGN|SALT|SEED|CERT|SESSION|COOKIE|CODE|DSN|CONN|AUTH/i;
const NAMES_A_PLACE = /(?:FILE|PATH|DIR|URL|URI|ENDPOINT|HOST|NAME|ID|TYPE|TTL|EXPIRY|TIMEOUT)$/i;

/** Beginnings that token formats publish so that they can be found. */
const PUBLISHED =
  /^(?:gh[pousr]_|github_pat_|glpat-|sk-(?:ant-|proj-)?|AKIA|ASIA|xox[abprs]-|npm_|pypi-|AIza|hf_|dop_v1_|SG\.|shpat_|rk_live_|sk_live_|BSA[A-Za-z0-9_-]{8}|eyJ[A-Za-z0-9_-]{10,}\.)\S{8,}$/;

const PLACEHOLDER =
  /^(?:<[^>]*>|\[[^\]]*\]|\{\{.*\}\}|x{3,}|\*+|\.{3}|(?:your|my|insert|replace|enter)[-_ ].*|change-?me|todo|none|null|true|false|on|off|example|dummy|placeholder|\d{1,6}|)$/i;

/** Tells by a name and a value whether a secret stands there. References to variables are none. */
export function secretSign(name: string, value: string): SecretSign {
  const literal = withoutReferences(value)
    .replace(/^(?:Bearer|Basic|Token|ApiKey)\s+/i, '')
    .trim();
  if (PLACEHOLDER.test(literal)) return 'none';
  if (PUBLISHED.test(literal)) return 'secret';
  const isPlace = NAMES_A_PLACE.test(name) || /^(?:~|\.{0,2})[\\/]|^[A-Za-z]:[\\/]/.test(literal);
  if (isPlace) return 'none';
  if (SOUNDS_SECRET.test(name)) return 'secret';
  return COULD_BE_SECRET.test(name) && looksRandom(literal) ? 'maybe' : 'none';
}

/** `${NAME}`, `${env:NAME}`, `$NAME` and `%NAME%` name a secret and are none. */
function withoutReferences(value: string): string {
  return value.replace(/\$\{[^{}]*\}|^\$[A-Za-z_]\w*$|^%\w+%$/g, '');
}

/** Long, of several kinds of characters, and with few repeats: bits per character as Shannon counts. */
function looksRandom(text: string): boolean {
  if (text.length < 20 || text.length > 1_000 || /\s/.test(text)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter(kind => kind.test(text)).length;
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / text.length) * Math.log2(count / text.length);
  return kinds >= 2 && bits >= 3.5;
}

/** A name for the variable that is to hold the secret. */
export function variableName(...parts: readonly string[]): string {
  const name = parts
    .join('_')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toUpperCase();
  return /^[A-Z]/.test(name) ? name : `TOKEN_${name}`.replace(/_+$/, '');
}

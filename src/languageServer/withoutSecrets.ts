import { TOKEN_FORMATS } from '../policy/tokenFormats';

/** Longer texts are cut before they are searched: nobody is shown what lies behind. */
const MAX_SHOWN = 2_000;
/** Values that only their name tells: `--token x`, `PASSWORD=x`, `Authorization: Bearer x`. */
const NAME =
  '(?:token|secret|passw(?:or)?d|passphrase|api[-_]?key|access[-_]?key|private[-_]?key|credential)';
const NAMED = new RegExp(
  `((?:--?[\\w-]{0,40}${NAME}\\s{1,4}|${NAME}["']?[=:]\\s{0,4}|\\b(?:bearer|basic)\\s{1,4})["']?)([^\\s"'$<{*][^\\s"']{3,500})`,
  'gi',
);

/** A text as people may see it: whatever has the form of a secret is three stars. */
export function withoutSecrets(text: string): string {
  const named = text.slice(0, MAX_SHOWN).replace(NAMED, '$1***');
  return TOKEN_FORMATS.reduce((shown, { pattern }) => shown.replace(pattern, '***'), named);
}

/**
 * True when the shell pattern could match the name. A set (`[a-z]`) counts as any character, so
 * the answer errs towards yes. Linear in practice: it only ever goes back to the latest star.
 */
export function globCouldMatch(pattern: string, name: string): boolean {
  let at = 0;
  let inName = 0;
  let star = -1;
  let resume = 0;
  while (inName < name.length) {
    const character = pattern[at];
    if (character === '*') {
      star = at;
      resume = inName;
      at += 1;
    } else if (character === '[' && pattern.includes(']', at + 2)) {
      at = pattern.indexOf(']', at + 2) + 1;
      inName += 1;
    } else if (character !== undefined && (character === '?' || character === name[inName])) {
      at += 1;
      inName += 1;
    } else if (star !== -1) {
      at = star + 1;
      resume += 1;
      inName = resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

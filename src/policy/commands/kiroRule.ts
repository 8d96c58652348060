import type { Rule } from '../decision';

const READ_ONLY = ['ls', 'cat', 'echo', 'pwd', 'which', 'head', 'tail', 'find', 'grep'];

/**
 * What Kiro's documented string rule does with a line: blanks collapsed, then `*`, a prefix up to
 * ` *`, or equality; the built-in read-only names count as prefixes. Shown beside every decision
 * so that a person sees where Checkrein is stricter. (kiro.dev/docs/cli/privacy-and-security,
 * "Trusted commands", and the matcher of the 0.x IDE.)
 */
export function kiroWouldRun(line: string, trusted: readonly Rule[]): boolean {
  const command = collapse(line);
  if (READ_ONLY.some(name => startsWithCommand(command, name))) return true;
  return trusted.some(({ pattern }) => {
    const entry = collapse(pattern);
    if (entry === '*') return true;
    if (entry.endsWith(' *')) return startsWithCommand(command, entry.slice(0, -2));
    return command === entry;
  });
}

function startsWithCommand(command: string, prefix: string): boolean {
  return command === prefix || command.startsWith(`${prefix} `);
}

function collapse(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

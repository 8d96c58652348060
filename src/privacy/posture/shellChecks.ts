import { join } from 'node:path';
import { maskSecrets } from '../secrets';
import { isThere, readSmallText } from './boundedFiles';
import { evidenceOf, type CheckResult, type NewFinding } from './finding';
import type { PostureFacts } from './postureFacts';

const START_UP_FILES = [
  '.bashrc',
  '.bash_profile',
  '.bash_aliases',
  '.profile',
  '.zshrc',
  '.zprofile',
  '.zshenv',
  '.config/fish/config.fish',
  'Documents/PowerShell/Microsoft.PowerShell_profile.ps1',
  'Documents/WindowsPowerShell/Microsoft.PowerShell_profile.ps1',
];

const KIRO_ALIAS = /\bkiro(?:-cli)?\b/;
const TRUST_ALL =
  /--trust-all-tools\b|--dangerously-skip-permissions\b|--yolo\b|\/acceptall\b|\/tools\s{1,4}trust-?all\b|\bkiro-cli\b.{0,80}\schat\s.{0,80}-a\b/;

/** Aliases that trust every tool, and the one for Kiro CLI that the vendor advises. */
export function shellStartUp({ home }: PostureFacts): CheckResult {
  const files = START_UP_FILES.map(name => join(home, name)).filter(isThere);
  const trusting: string[] = [];
  const unread: string[] = [];
  const aliases: string[] = [];
  for (const file of files) {
    const text = readSmallText(file);
    if (text === undefined) unread.push(file);
    (text ?? '').split('\n').forEach((raw, index) => {
      const line = raw.trim().slice(0, 2_000);
      if (line.startsWith('#')) return;
      if (TRUST_ALL.test(line)) {
        trusting.push(`${file}:${index + 1}: ${maskSecrets(line).slice(0, 120)}`);
      }
      if (KIRO_ALIAS.test(line) && line.includes('--untrust-fs-read')) aliases.push(file);
    });
  }
  const findings: NewFinding[] = [];
  if (trusting.length > 0) findings.push(trustAll(trusting));
  if (aliases.length === 0 && isThere(join(home, '.local', 'bin', 'kiro-cli'))) {
    findings.push(readsTrusted);
  }
  return {
    findings,
    ...(unread.length > 0 && { unclear: `cannot be read: ${unread.join(', ')}` }),
  };
}

function trustAll(places: readonly string[]): NewFinding {
  return {
    severity: 'high',
    title: 'A shell start-up file trusts all tools of an agent',
    why: 'Every session then runs every command without a question; the vendor advises against it.',
    evidence: evidenceOf(places, place => place),
    fix: {
      text: 'Take the flag out; use Checkrein: Trust All Tools… for a time where you need it.',
    },
  };
}

const readsTrusted: NewFinding = {
  severity: 'info',
  title: 'Kiro CLI reads files without a question',
  why: 'Reads are trusted by default. For sensitive environments the vendor advises to untrust them.',
  evidence: [],
  fix: {
    text: `Add to your shell's start-up file: alias kiro-cli="kiro-cli --untrust-fs-read"`,
  },
};

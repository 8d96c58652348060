import { markdownTable, plainMarkdown } from '../markdownText';
import type { PostureReport } from './checks';

/** The report as Markdown; nothing foreign in it is markup. */
export function postureText({ findings, checks }: PostureReport, now: Date): string {
  const found = findings.flatMap(({ severity, title, why, evidence, fix }) => [
    `## ${severity}: ${plainMarkdown(title)}`,
    plainMarkdown(why),
    ...(evidence.length > 0 ? [evidence.map(place => `- ${plainMarkdown(place)}`).join('\n')] : []),
    ...(fix ? [`What to do: ${plainMarkdown(fix.text)}`] : []),
  ]);
  const rows = checks.map(({ title, state, unclear }) => [title, state, unclear ?? '']);
  return `${[
    '# Security posture',
    `As of ${now.toISOString()}. Secrets are not shown, only where they are.`,
    ...(found.length > 0 ? found : ['Nothing was found.']),
    '## Checks',
    markdownTable(['Check', 'State', 'Not clear'], rows),
  ].join('\n\n')}\n`;
}

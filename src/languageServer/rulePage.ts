import type { RuleInfo } from './ruleInfo';
import { RULES, type RuleCode } from './ruleTable';

const DOCUMENTATION = 'https://github.com/checkrein/checkrein/blob/main/docs/diagnostics.md';

/** The page that explains a code. */
export function documentationOf(code: RuleCode): string {
  return `${DOCUMENTATION}#${code}`;
}

/** docs/diagnostics.md, made from the table. */
export function diagnosticsPage(): string {
  const entries = (Object.entries(RULES) as [RuleCode, RuleInfo][]).map(
    ([code, { severity, title, why, fix }]) =>
      `## ${code}\n\n**${title}** (${severity}). ${why}${fix === undefined ? '' : ` _Quick fix:_ ${fix}`}\n`,
  );
  return [
    '# Diagnostics\n',
    'What the policy language server and `checkrein lint` say about the files that decide what an agent may do. Made from',
    '`src/languageServer/ruleTable.ts`.\n',
    ...entries,
  ].join('\n');
}

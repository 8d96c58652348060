import { isAbsolute, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { documentationOf } from '../languageServer/rulePage';
import type { Severity } from '../languageServer/ruleInfo';
import { RULES, type RuleCode } from '../languageServer/ruleTable';

/** A finding with its place, as programs read it. Lines and columns begin at 1. */
export interface PlacedFinding {
  /** Relative to the working folder where it lies below it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: Severity;
  readonly code: RuleCode;
  readonly message: string;
}

const LEVEL: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
};

/** The findings in the form that code scanning services take: SARIF 2.1.0. */
export function toSarif(findings: readonly PlacedFinding[], version: string): object {
  const codes = Object.keys(RULES) as RuleCode[];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        columnKind: 'utf16CodeUnits',
        tool: {
          driver: {
            name: 'checkrein',
            version,
            informationUri: 'https://github.com/checkrein/checkrein',
            rules: codes.map(id => ({
              id,
              shortDescription: { text: RULES[id].title },
              fullDescription: { text: RULES[id].why },
              helpUri: documentationOf(id),
              defaultConfiguration: { level: LEVEL[RULES[id].severity] },
            })),
          },
        },
        results: findings.map(finding => resultOf(finding, codes)),
      },
    ],
  };
}

function resultOf(finding: PlacedFinding, codes: readonly RuleCode[]): object {
  const { file, line, column, endLine, endColumn, severity, code, message } = finding;
  const uri = addressOf(file);
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: LEVEL[severity],
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri },
          region: { startLine: line, startColumn: column, endLine, endColumn },
        },
      },
    ],
  };
}

/** A relative address for a file below the working folder, else a whole one. */
function addressOf(file: string): string {
  // A name may hold half a character, which no address can.
  const name = Buffer.from(file).toString();
  if (isAbsolute(name)) return pathToFileURL(name).toString();
  return name.split(sep).map(encodeURIComponent).join('/');
}

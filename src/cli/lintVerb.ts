import { isAbsolute, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Finding } from '../languageServer/finding';
import { createLanguageService, type LanguageService } from '../languageServer/languageService';
import { FactReader } from '../languageServer/readFacts';
import { readText } from '../languageServer/readText';
import { RULES } from '../languageServer/ruleTable';
import { makeVisible } from '../policy/visibleText';
import { USAGE_EXIT } from './exitCodes';
import { PolicyFileFinder, type FoundFile } from './findPolicyFiles';
import { toSarif, type PlacedFinding } from './sarif';

/** What `lint` works with. */
export interface LintVerbParts {
  readonly home: string;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  readonly version: string;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
}

const USAGE = `Usage: checkrein lint [PATH...] [--home DIR] [--format text|json|sarif]
Looks at the files below the paths (the working folder without any) that decide what an agent may do,
and at those of a home folder. Exit code: 0 no finding is an error, 1 one is or a
folder was too large to be gone through, 64 wrong usage.`;

const FORMATS = ['text', 'json', 'sarif'] as const;

interface Options {
  readonly paths: readonly string[];
  readonly home: string | undefined;
  readonly format: (typeof FORMATS)[number];
}

/** `checkrein lint`: every finding in every policy file; the exit code. */
export async function runLintVerb(args: readonly string[], parts: LintVerbParts): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    parts.printError(USAGE);
    return USAGE_EXIT;
  }
  const home = options.home === undefined ? parts.home : resolve(parts.cwd, options.home);
  const finder = new PolicyFileFinder(home);
  for (const path of options.paths) finder.add(resolve(parts.cwd, path));
  if (options.home !== undefined) finder.addHome();
  const { files, faults, cutShort } = finder.result;
  if (faults.length > 0) {
    for (const fault of faults) parts.printError(makeVisible(fault, false));
    return USAGE_EXIT;
  }
  const service = createLanguageService();
  const findings: PlacedFinding[] = [];
  for (const file of files) findings.push(...(await lintFile(file, home, service, parts)));
  report(findings, options.format, parts);
  if (cutShort)
    parts.printError('Not everything was looked at: a folder is too large or too deep.');
  if (options.format === 'text') parts.printError(summary(files.length, findings));
  return cutShort || findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}

function readOptions(args: readonly string[]): Options | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { home: { type: 'string' }, format: { type: 'string' } },
      allowPositionals: true,
      strict: true,
    });
    const format = FORMATS.find(name => name === (values.format ?? 'text'));
    const paths = positionals.length === 0 ? ['.'] : positionals;
    return format && { paths, format, home: values.home };
  } catch {
    return undefined;
  }
}

async function lintFile(
  { path, root, file }: FoundFile,
  home: string,
  service: LanguageService,
  { cwd, platform }: LintVerbParts,
): Promise<readonly PlacedFinding[]> {
  const reading = readText(path);
  const text = reading.kind === 'text' ? reading.text : '';
  const document = TextDocument.create(`file://${file.path}`, 'json', 1, text);
  const below = relative(cwd, path);
  const name = below.startsWith('..') || isAbsolute(below) ? path : below;
  const placed = (finding: Finding): PlacedFinding => placeOf(finding, name, document);
  if (reading.kind !== 'text') {
    const why = reading.kind === 'problem' ? reading.problem : 'it leads to no file';
    const message = `This file cannot be checked: ${why}.`;
    return [placed({ code: 'unreadable', message, start: 0, end: 0 })];
  }
  const facts = new FactReader({ home, platform, roots: root === home ? [] : [root] }).read(file);
  return (await service.diagnose({ file, document, facts })).map(placed);
}

function placeOf(
  { code, message, start, end }: Finding,
  file: string,
  document: TextDocument,
): PlacedFinding {
  const from = document.positionAt(start);
  const to = document.positionAt(end);
  return {
    file,
    line: from.line + 1,
    column: from.character + 1,
    endLine: to.line + 1,
    endColumn: to.character + 1,
    severity: RULES[code].severity,
    code,
    message: makeVisible(message, false),
  };
}

function report(
  findings: readonly PlacedFinding[],
  format: Options['format'],
  { print, version }: LintVerbParts,
): void {
  if (format === 'sarif') {
    print(JSON.stringify(toSarif(findings, version), undefined, 2));
  } else if (format === 'json') {
    const list = findings.map(({ file, line, column, severity, code, message }) => ({
      ...{ file, line, column, severity, code, message },
    }));
    print(JSON.stringify(list, undefined, 2));
  } else {
    for (const { file, line, column, severity, code, message } of findings) {
      print(`${makeVisible(file, false)}:${line}:${column}: ${severity}: ${message} [${code}]`);
    }
  }
}

function summary(files: number, findings: readonly PlacedFinding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return `${files} files, ${findings.length} findings, ${errors} of them errors.`;
}

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLintVerb } from '../../src/cli/lintVerb';
import { lintText } from '../support/policyText';

const FILES = join(import.meta.dirname, 'lint/files');
const CLIENTS = join(import.meta.dirname, 'lint/clients');

/** A folder outside this repository, whose own .gitignore must not count. */
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkrein-lint-'));
  cpSync(FILES, folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function lint(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly error: string }> {
  const out: string[] = [];
  const error: string[] = [];
  const code = await runLintVerb(args, {
    ...{ home: join(folder, 'home'), cwd: folder, platform: 'linux', version: '0.0.0' },
    print: line => out.push(line),
    printError: line => error.push(line),
  });
  return { code, out: out.join('\n'), error: error.join('\n') };
}

describe('the examples of the vendor', () => {
  it('have exactly the findings of the reviewed list', async () => {
    const { code, out, error } = await lint();
    expect(code).toBe(1);
    await expect(`${out}\n${error}\n`).toMatchFileSnapshot('lint/files.txt');
  });

  it.each([
    ['bad', 1, ['literal-secret']],
    ['good', 0, []],
    ['telemetry', 0, []],
    ['development', 0, []],
  ])('%s', async (name, exit, codes) => {
    const { code, out } = await lint(name, '--format', 'json');
    const found = JSON.parse(out) as readonly { code: string; severity: string }[];
    expect(found.map(finding => finding.code).sort()).toEqual(codes);
    expect(code).toBe(exit);
  });
});

/** Files of other programs, put where a person may put them by mistake. */
const WRONG_PLACES = ['.kiro/settings.json', '.kiro/hooks/a.json', '.kiro/agents/a.json', '.kiro/settings/mcp.json'];

it('says something about every payload and configuration of other agents, wherever it is put', async () => {
  const files = readdirSync(CLIENTS, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
  expect(files.length).toBeGreaterThan(50);
  const lines: string[] = [];
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    for (const place of WRONG_PLACES) {
      const found = await lintText(place, text);
      const codes = [...new Set(found.map(({ code }) => code))].sort();
      lines.push(`${file.slice(CLIENTS.length + 1)} as ${place}: ${codes.join(' ') || 'nothing'}`);
    }
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('lint/clients.txt');
});

import { fork, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  CodeAction,
  CodeLens,
  CompletionItem,
  Hover,
  InlayHint,
} from 'vscode-languageserver-types';
import { FACTS_NOTIFICATION } from '../../src/protocol/languageProtocol';
import { startLanguageServer, type LanguageClientProcess } from '../support/languageClient';

const CLI = join(import.meta.dirname, '../../dist/cli.js');
const SECRET = '{"mcpServers":{"a":{"command":"x","env":{"API_KEY":"abcdef"}}}}';

describe('checkrein lsp --stdio', () => {
  let folder = '';
  let workspace = '';
  let server: LanguageClientProcess;
  let settings = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'checkrein-lsp-'));
    workspace = join(folder, 'work');
    mkdirSync(join(workspace, '.kiro'), { recursive: true });
    mkdirSync(join(workspace, '.git'));
    writeFileSync(join(workspace, 'package.json'), '{"scripts":{"lint":"x"}}');
    settings = join(workspace, '.kiro/settings.json');
    server = await startLanguageServer([CLI, 'lsp'], join(folder, 'home'), workspace);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('publishes, mends, completes, explains and forgets', async () => {
    const uri = await server.open(settings, SECRET);
    const first = await server.diagnostics(uri, 1);
    expect(first.diagnostics.map(({ code }) => code)).toEqual([
      'literal-secret',
      'secrets-not-ignored',
    ]);
    expect(first.diagnostics[0]).toMatchObject({
      severity: 1,
      source: 'Checkrein',
      codeDescription: { href: expect.stringContaining('#literal-secret') as unknown },
    });
    // The editor may have asked before it said that the file is open.
    await expect
      .poll(() => server.refreshed)
      .toEqual(['workspace/codeLens/refresh', 'workspace/inlayHint/refresh']);
    const range = first.diagnostics[0]?.range;
    const actions: readonly CodeAction[] = await server.connection.sendRequest(
      'textDocument/codeAction',
      {
        ...{ textDocument: { uri }, range, context: { diagnostics: [] } },
      },
    );
    expect(actions.map(({ title }) => title)).toEqual([
      'Replace by ${API_KEY}, then run: export API_KEY=...',
      'Add .kiro/settings.json to .gitignore',
    ]);
    expect(actions[1]?.edit?.documentChanges).toMatchObject([{ kind: 'create' }, {}]);

    await server.change(uri, 2, '{"trustedCommands": ["git *"]}');
    const second = await server.diagnostics(uri, 2);
    expect(second.diagnostics.map(({ code }) => code)).toEqual(['needs-consent', 'covers-more']);
    const at = { textDocument: { uri }, position: { line: 0, character: 22 } };
    const items: readonly CompletionItem[] = await server.connection.sendRequest(
      'textDocument/completion',
      at,
    );
    expect(items.map(({ label }) => label)).toContain('"npm run lint"');
    const hover: Hover = await server.connection.sendRequest('textDocument/hover', at);
    expect(JSON.stringify(hover.contents)).toContain('with any arguments runs unasked');
    const lenses: readonly CodeLens[] = await server.connection.sendRequest(
      'textDocument/codeLens',
      {
        textDocument: { uri },
      },
    );
    expect(lenses.map(({ command }) => command?.title)).toEqual(['Try a command', 'Why?']);

    await server.connection.sendNotification(FACTS_NOTIFICATION, {
      recentCommands: ['git status', 'ls'],
      approvedFiles: [settings],
      values: [],
      trusted: true,
    });
    await expect
      .poll(() => server.published.at(-1)?.diagnostics.map(({ code }) => code))
      .toEqual(['covers-more']);
    const hints: readonly InlayHint[] = await server.connection.sendRequest(
      'textDocument/inlayHint',
      {
        textDocument: { uri },
        range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } },
      },
    );
    expect(hints.map(({ label }) => label)).toEqual(['matches 1 of your last 2 commands']);

    await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
    await expect.poll(() => server.published.at(-1)).toMatchObject({ uri, diagnostics: [] });
  });

  it('leaves other files alone', async () => {
    const uri = await server.open(join(workspace, 'package.json'), '{"deniedCommands": 1}');
    const later = await server.open(settings, '{"production": 1}');
    await server.diagnostics(later, 1);
    expect(server.published.filter(params => params.uri === uri)).toEqual([]);
  });

  it('is never left with stale findings by 2,000 rapid edits', async () => {
    const path = join(workspace, '.kiro/hooks/a.json');
    const uri = await server.open(path, '{}');
    for (let version = 2; version <= 2_001; version += 1) {
      await server.change(uri, version, `{"version":"v1","hooks":[],"x${version}":1}`);
    }
    const last = await server.diagnostics(uri, 2_001);
    expect(last.diagnostics.map(({ message }) => message)).toEqual([
      '"x2001" is not known here; it has no effect.',
    ]);
    const versions = server.published
      .filter(params => params.uri === uri)
      .map(({ version }) => version ?? 0);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
  });

  it('ends when it is told to', async () => {
    expect(await server.stop()).toBe(0);
  });
});

it('talks over the channel of Node as well, with the flags that the editor adds', async () => {
  const child = fork(CLI, ['lsp', '--node-ipc', '--clientProcessId=1'], { silent: true });
  const answer = new Promise<unknown>(resolve => child.once('message', resolve));
  const params = { processId: null, rootUri: null, capabilities: {} };
  child.send({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
  expect(await answer).toMatchObject({ id: 1, result: { serverInfo: { name: 'checkrein' } } });
  child.kill();
});

it('says how it is started', () => {
  const { status, stderr } = spawnSync(process.execPath, [CLI, 'lsp'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([64, 'Usage: checkrein lsp --stdio\n']);
});

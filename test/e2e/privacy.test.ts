import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeOnStage, type Stage } from './support/stage';

const CONTENT = 'telemetry.dataSharingAndPromptLogging.contentCollectionForServiceImprovement';
const TOKEN = ['gh', 'p_', 'a1'.repeat(18)].join('');
const CHAT = '.config/Kiro/User/globalStorage/kiro.kiroagent/user/first.chat';

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function kiroSettings({ server }: Stage): string {
  return join(server.home, '.config/Kiro/User/settings.json');
}

function prepare(stage: Stage): void {
  const { server, workspace } = stage;
  put(kiroSettings(stage), `// mine\n{\n  "${CONTENT}": true\n}\n`);
  writeFileSync(join(workspace, '.gitignore'), '*.log\n.env\n.env.local\n');
  put(join(workspace, 'src/deploy.ts'), `// deploys\nconst token = '${TOKEN}';\n`);
  put(
    join(server.home, CHAT),
    JSON.stringify({
      chat: [
        { role: 'human', content: `Deploy with ${TOKEN}` },
        { role: 'bot', content: '<img src="https://example.invalid/x.png"> Deployed the zebra.' },
      ],
    }),
  );
}

/** What the editor's Markdown preview shows. */
function preview({ page }: Stage): Locator {
  return page.page
    .frameLocator('iframe.webview.ready')
    .frameLocator('#active-frame')
    .locator('.markdown-body');
}

describeOnStage('privacy and posture', { prepare, width: 1400, height: 1300 }, stage => {
  afterEach(() => stage().page.runCommand('Notifications: Clear All Notifications'));

  const row = (name: string | RegExp) =>
    stage()
      .page.page.getByRole('tree', { name: 'Security Posture' })
      .getByRole('treeitem', { name });
  const editorText = async (): Promise<string> => {
    const text = await stage()
      .page.page.locator('.editor-instance .view-lines')
      .first()
      .innerText();
    return text.replaceAll('\u00a0', ' ');
  };

  it('opts out of everything, and takes all of it back', async () => {
    const { page, server } = stage();
    const cli = join(server.home, '.kiro/settings/cli.json');
    await page.runCommand('Checkrein: Opt out of Everything');
    await page.notifications.waitFor('Kiro CLI: telemetry: off');
    expect(readFileSync(cli, 'utf8')).toContain('"telemetry.enabled": false');
    expect(readFileSync(kiroSettings(stage()), 'utf8')).toContain(
      '"telemetry.telemetryLevel": "off"',
    );
    await page.notifications.click('Kiro CLI: telemetry: off', 'Undo');
    await expect.poll(() => existsSync(cli)).toBe(false);
    await expect
      .poll(() => readFileSync(kiroSettings(stage()), 'utf8'))
      .toBe(`// mine\n{\n  "${CONTENT}": true\n}\n`);
  });

  it('lists the posture by weight, and opens the place of a finding', async () => {
    const { page } = stage();
    await page.runCommand('Checkrein: Focus on Security Posture View');
    await page.page.getByRole('button', { name: 'Check Security Posture' }).last().click();
    await row(/^high: Secrets in files that the agent may read/u).waitFor();
    await row(/^medium: \.gitignore lacks lines/u).waitFor();
    await row('Nothing found').waitFor();
    await page.screenshot('posture');
    await row('src/deploy.ts:2: GitHub token').click();
    await page.page.getByRole('tab', { name: /deploy\.ts/u }).waitFor();
    await page.statusItem(/Ln 2, Col 1/u).waitFor();
    await page.runCommand('View: Close Editor');
  });

  it('mends what one click can mend, and looks again', async () => {
    const { workspace, page } = stage();
    await page.runCommand('Checkrein: Check Security Posture');
    const finding = row(/^medium: \.gitignore lacks lines/u);
    await finding.hover();
    await finding.getByRole('button', { name: 'Mend' }).click();
    await expect
      .poll(() => readFileSync(join(workspace, '.gitignore'), 'utf8'))
      .toBe('*.log\n.env\n.env.local\n.kiro/settings.json\n.kiro/cache/\n');
    await finding.waitFor({ state: 'detached' });
  });

  it('gives the posture as a report without secrets', async () => {
    const { page } = stage();
    await page.runCommand('Checkrein: Open Posture Report');
    await page.page.getByRole('tab', { name: /Security posture/u }).waitFor();
    const report = preview(stage());
    await report.getByText('src/deploy.ts:2: GitHub token').waitFor();
    expect(await report.innerText()).not.toContain(TOKEN);
    await page.screenshot('posture-report');
    await page.runCommand('View: Close Editor');
  });

  it('opens a chat with secrets hidden, as text that loads nothing', async () => {
    const { page } = stage();
    await page.runCommand('Checkrein: Browse Chat History...');
    await page.quickInput.waitUntilOpen();
    const chat = page.page.locator('.quick-input-list .monaco-list-row', { hasText: 'first.chat' });
    await chat.waitFor();
    await page.screenshot('chats');
    await chat.click();
    await expect
      .poll(async () => (await page.quickInput.read()).map(({ label }) => label))
      .toEqual(['Open', 'Export to Markdown…', 'Export to JSON…']);
    await page.quickInput.choose('Open');
    await expect.poll(editorText).toContain('Deploy with [hidden: GitHub token]');
    expect(await editorText()).toContain('<img src="https://example.invalid/x.png">');
    expect(await page.page.locator('img[src*="example.invalid"]').count()).toBe(0);
    await page.screenshot('chat-open');
    await page.runCommand('View: Close Editor');
  });

  it('searches all chats, and opens the place', async () => {
    const { page } = stage();
    await page.runCommand('Checkrein: Browse Chat History...');
    await page.quickInput.waitUntilOpen();
    await page.quickInput.choose('Search in All Chats…');
    await page.page.getByText('Secrets are hidden and cannot be searched for').waitFor();
    await page.quickInput.type('ZEBRA');
    await page.press('Enter');
    await page.page
      .locator('.quick-input-list .monaco-list-row', { hasText: 'Deployed the zebra' })
      .click();
    await page.statusItem(/Ln \d\d, Col 1/u).waitFor();
    await expect.poll(editorText).toContain('Deployed the zebra.');
    await page.runCommand('View: Close Editor');
  });

  it('exports a chat to a file that only its owner can read', async () => {
    const { page, server } = stage();
    await page.runCommand('Checkrein: Browse Chat History...');
    await page.quickInput.waitUntilOpen();
    await page.page
      .locator('.quick-input-list .monaco-list-row', { hasText: 'first.chat' })
      .click();
    await page.quickInput.choose('Export to JSON…');
    const target = join(server.home, 'exported.json');
    const input = page.page.locator('.quick-input-widget input[type="text"]').first();
    await expect.poll(() => input.inputValue()).toMatch(/chat-[0-9a-f]{12}\.json$/u);
    await page.quickInput.type(target);
    await page.press('Enter');
    await page.notifications.waitFor('Exported, with secrets hidden');
    const text = readFileSync(target, 'utf8');
    expect(JSON.parse(text)).toMatchObject({ malformed: 0 });
    expect(text).not.toContain(TOKEN);
    expect(statSync(target).mode & 0o077).toBe(0);
  });

  it('shows the switch of code references, and puts it on', async () => {
    const { page } = stage();
    await page.runCommand('Checkrein: Code References');
    await expect
      .poll(async () => (await page.quickInput.read()).map(({ label }) => label))
      .toEqual([
        'Open the Log',
        'Code references: off',
        'Opt out for an Organisation',
        'Audit Prompts in an Organisation',
      ]);
    await page.screenshot('code-references');
    await page.quickInput.choose('Code references: off');
    await expect
      .poll(() => readFileSync(kiroSettings(stage()), 'utf8'))
      .toContain('"kiroAgent.codeReferences.referenceTracker": true');
    await page.notifications.click('Kiro IDE: code references: on', 'Undo');
    await page.notifications.waitFor('Taken back.');
  });

  it('says where the log of code references is when there is none yet', async () => {
    const { page } = stage();
    await page.runCommand('Checkrein: Code References');
    await page.quickInput.waitUntilOpen();
    await page.quickInput.choose('Open the Log');
    await page.notifications.waitFor('“code-references” is not there');
    await page.press('Escape');
  });
});

/** A proxy of this machine that lets nothing through: no test reaches another machine. */
let proxy: Server;
const asked: string[] = [];
beforeAll(async () => {
  proxy = createServer();
  proxy.on('connect', ({ url }, socket) => {
    asked.push(url ?? '');
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
});
afterAll(() => proxy.close());

describeOnStage('firewall and proxy', { width: 1400, height: 900 }, stage => {
  it('asks first, goes through the editor’s proxy, and shows a table', async () => {
    const { page, server } = stage();
    const { port } = proxy.address() as AddressInfo;
    const address = `127.0.0.1:${port}`;
    await page.applySettings({ ...server.currentSettings(), 'http.proxy': `http://${address}` });
    await page.runCommand('Checkrein: Check Firewall and Proxy');
    await page.dialog.waitFor(`through the proxy ${address}`);
    await page.screenshot('network-question');
    await page.press('Escape');
    await page.dialog.waitUntilClosed();
    expect(asked).toEqual([]);
    await page.runCommand('Checkrein: Check Firewall and Proxy');
    await page.dialog.waitFor();
    await page.dialog.click('Check');
    await page.page.getByRole('tab', { name: /Firewall and proxy/u }).waitFor();
    const report = preview(stage());
    await report.getByText('the proxy answered 403').first().waitFor();
    await report.getByRole('cell', { name: 'blocked, as wanted' }).first().waitFor();
    // Their names would be asked of this machine's resolver: nobody asked for that.
    expect(await report.getByText('VPC endpoints').count()).toBe(0);
    await page.screenshot('network-table');
    expect(asked).toContain('app.kiro.dev:443');
    expect(asked).toContain('client-telemetry.us-east-1.amazonaws.com:443');
  });

  it('opens the posture view, which was never open, with what was found', async () => {
    const { page } = stage();
    await page.runCommand('Checkrein: Check Security Posture');
    const tree = page.page.getByRole('tree', { name: 'Security Posture' });
    await tree.getByRole('treeitem', { name: /^medium: Kiro: no hook is installed/u }).waitFor();
  });
});

import { execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { CodeServer } from './support/codeServer';
import { EditorPage } from './support/editorPage';
import { startGemini, writeGeminiSettings, type GeminiRun } from './support/geminiCli';
import { makeScratch } from './support/scratch';
import { startStandInModel, type StandInModel } from './support/standInModel';
import type { Tools } from './support/tools';

const COMMAND = 'touch made-by-the-agent.txt';
const READING_TIME_MS = 1_000;

interface DemoOptions {
  readonly tools: Tools;
  readonly vsix: string;
  readonly cli: string;
  readonly headless: boolean;
  readonly screenshots: string;
}

/** An editor that shows the sample workspace. */
interface DemoEditor {
  /** What a person is told: an address, or that a window opened. */
  readonly where: string;
  readonly address?: string;
  close(): Promise<void>;
}

/** Plays the demo; gives the exit code. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const scratch = makeScratch('demo');
  const home = scratch.folder('home');
  const workspace = scratch.folder('sample');
  writeFileSync(join(workspace, 'README.md'), '# A project that matters\n');
  process.env['CHECKREIN_SCREENSHOTS'] = options.screenshots;
  writeGeminiSettings(home);
  const editor = await openEditor(options, scratch.path, home, workspace);
  try {
    console.log(`\nThe editor: ${editor.where}`);
    installHook(options, home, workspace);
    if (options.headless) return await answerThroughChromium(options, editor, home, workspace);
    const stopped = new Promise<void>(resolve => process.once('SIGINT', resolve));
    await Promise.race([play(options, home, workspace), stopped]);
    await stopped;
    return 0;
  } finally {
    await editor.close();
    scratch.remove();
  }
}

/** One command, answered by the person at the editor. */
async function play(options: DemoOptions, home: string, workspace: string): Promise<void> {
  console.log('Press Ctrl+C to end the demo.');
  await waitForWindow(home);
  console.log(`Gemini CLI is about to ask to run "${COMMAND}". Answer it in the editor.`);
  await letAgentTry(options, home, workspace);
}

async function openEditor(
  { tools, vsix, headless }: DemoOptions,
  root: string,
  home: string,
  workspace: string,
): Promise<DemoEditor> {
  const desktop = headless ? undefined : (findOnPath('kiro') ?? findOnPath('code'));
  if (desktop === undefined) {
    const server = new CodeServer({
      node: tools.node24,
      codeServerEntry: tools.codeServerEntry,
      root,
    });
    await server.installExtension(vsix);
    const address = await server.start(workspace);
    return { where: `open ${address} in a browser`, address, close: () => server.stop() };
  }
  const folders = [
    `--user-data-dir=${join(root, 'data')}`,
    `--extensions-dir=${join(root, 'ext')}`,
  ];
  const env = { ...process.env, CHECKREIN_HOME: stateFolder(home) };
  execFileSync(desktop, [...folders, '--install-extension', vsix], { env, stdio: 'inherit' });
  const window = spawn(desktop, [...folders, '--new-window', '--wait', workspace], { env });
  return {
    where: `a window of ${desktop} opens; trust the folder there`,
    close: () => Promise.resolve(void window.kill()),
  };
}

/** A program on PATH; relative entries are not followed, they could lead into a repository. */
function findOnPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  return folders
    .map(folder => join(folder, name))
    .find(file => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function stateFolder(home: string): string {
  return join(home, '.local', 'share', 'checkrein');
}

function installHook({ cli }: DemoOptions, home: string, workspace: string): void {
  const args = [cli, 'hooks', 'install', 'gemini-cli', '--workspace', workspace];
  const env = { ...process.env, HOME: home, CHECKREIN_HOME: stateFolder(home) };
  execFileSync(process.execPath, args, { env, stdio: 'inherit' });
}

async function waitForWindow(home: string): Promise<void> {
  const windows = join(stateFolder(home), 'windows');
  console.log('Waiting for a window with Checkrein in it …');
  while (!existsSync(windows)) await new Promise(resolve => setTimeout(resolve, 500));
}

async function startAgent(
  { tools }: DemoOptions,
  home: string,
  workspace: string,
): Promise<{ model: StandInModel; run: GeminiRun }> {
  const model = await startStandInModel([
    { tool: 'run_shell_command', args: { command: COMMAND, description: 'demo' } },
    { text: 'I have seen what came of it.' },
  ]);
  const { node24: node, geminiEntry } = tools;
  const run = startGemini({ node, geminiEntry, home, workspace, modelUrl: model.url });
  return { model, run };
}

async function letAgentTry(
  options: DemoOptions,
  home: string,
  workspace: string,
): Promise<boolean> {
  const { model, run } = await startAgent(options, home, workspace);
  await run.exit;
  const made = existsSync(join(workspace, 'made-by-the-agent.txt'));
  console.log(made ? 'The command ran.' : 'The command did not run.');
  console.log(
    `The model was told: ${JSON.stringify(model.functionResponses.map(({ text }) => text))}`,
  );
  await model.close();
  return made;
}

/** Denies the first call and allows the second, with screenshots on the way. */
async function answerThroughChromium(
  options: DemoOptions,
  editor: DemoEditor,
  home: string,
  workspace: string,
): Promise<number> {
  mkdirSync(options.screenshots, { recursive: true });
  const page = await EditorPage.open(editor.address ?? '', { chromium: options.tools.chromium });
  try {
    await page.statusItem({ id: 'checkrein.mode' }).waitFor();
    await waitForWindow(home);
    const results: boolean[] = [];
    for (const button of ['Deny', 'Allow Once']) {
      const tried = letAgentTry(options, home, workspace);
      await page.dialog.waitFor(COMMAND);
      await page.page.waitForTimeout(READING_TIME_MS);
      console.log(await page.screenshot(button === 'Deny' ? '1-asked' : '2-asked-again'));
      await page.dialog.click(button);
      results.push(await tried);
    }
    console.log(await page.screenshot('3-after'));
    const journal = join(
      stateFolder(home),
      'journal',
      `${new Date().toISOString().slice(0, 10)}.jsonl`,
    );
    console.log(`The journal says:\n${readFileSync(journal, 'utf8')}`);
    const isRight = results[0] === false && results[1] === true;
    console.log(isRight ? 'Deny stopped it, Allow Once let it run.' : 'This went wrong.');
    return isRight ? 0 : 1;
  } finally {
    await page.close();
  }
}

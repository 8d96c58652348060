import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { CodeServer } from './codeServer';
import { EditorPage } from './editorPage';
import { makeScratch, type Scratch } from './scratch';
import { findTools, type Tools } from './tools';

const root = join(import.meta.dirname, '../../..');

/** A real editor with the packaged extension in it, on a scratch workspace, seen through Chromium. */
export interface Stage {
  readonly tools: Tools;
  readonly scratch: Scratch;
  readonly workspace: string;
  readonly server: CodeServer;
  /** The window; replaced by `open`. */
  page: EditorPage;
  /** Starts the editor, again if need be, and waits until Checkrein is in the status bar. */
  open(env?: Readonly<Record<string, string>>): Promise<void>;
  /** Ends the editor and closes the browser, as when the person goes home. */
  close(): Promise<void>;
}

interface StageOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly workspaceTrust?: boolean;
  /** The workspace folder's name. */
  readonly folder?: string;
  readonly width?: number;
  readonly height?: number;
  /** Fills the workspace, or adds extensions, before the editor opens it. */
  readonly prepare?: (stage: Stage) => void | Promise<void>;
}

/**
 * A suite on a stage of its own. Where a tool is missing the suite is left out and says so; under
 * CI that is a failure, because a suite that cannot run proves nothing.
 */
export function describeOnStage(
  name: string,
  options: StageOptions,
  define: (stage: () => Stage) => void,
): void {
  const tools = findTools();
  if (!tools.ok) {
    const why = tools.missing.join('; ');
    if (process.env['CI'] === 'true') throw new Error(`${name} cannot run: ${why}`);
    console.warn(`skipped: ${name}: ${why}`);
    describe.skip(`${name} (skipped: ${why})`, () => define(noStage));
    return;
  }
  describe(name, () => {
    let stage: Stage | undefined;
    beforeAll(async () => {
      stage = await setStage(tools, options);
    });
    afterAll(async () => {
      await stage?.close();
      stage?.scratch.remove();
    });
    define(() => stage ?? noStage());
  });
}

function noStage(): Stage {
  throw new Error('the stage is not set');
}

async function setStage(tools: Tools, options: StageOptions): Promise<Stage> {
  const scratch = makeScratch();
  const workspace = scratch.folder(options.folder ?? 'project');
  const server = new CodeServer({
    node: tools.node24,
    codeServerEntry: tools.codeServerEntry,
    root: scratch.path,
    ...(options.settings && { settings: options.settings }),
    ...(options.workspaceTrust !== undefined && { workspaceTrust: options.workspaceTrust }),
  });
  await server.installExtension(packedExtension());
  const stage: Stage = {
    tools,
    scratch,
    workspace,
    server,
    page: undefined as unknown as EditorPage,
    async open(env = {}) {
      const address = await server.start(workspace, env);
      stage.page = await EditorPage.open(address, {
        chromium: tools.chromium,
        width: options.width ?? 1280,
        height: options.height ?? 800,
      });
      await stage.page.statusItem({ id: 'checkrein.mode' }).waitFor();
    },
    async close() {
      await stage.page.close();
      await server.stop();
    },
  };
  await options.prepare?.(stage);
  await stage.open();
  return stage;
}

/** The .vsix that `npm run package` made for this version; made now when it is not there. */
function packedExtension(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  const file = join(root, `checkrein-${version}.vsix`);
  if (!existsSync(file)) {
    execFileSync(process.execPath, ['scripts/package.mjs'], { cwd: root, stdio: 'inherit' });
  }
  return file;
}

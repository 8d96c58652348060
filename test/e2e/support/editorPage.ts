import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { EditorDialog } from './editorDialog';
import { EditorNotifications } from './editorNotifications';
import { exactly } from './exactly';
import { QuickInput } from './quickInput';

/** The flags that keep Chromium off the network and let it run in a container as root. */
const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const readyTimeout = 60_000;

/** The classes by which the workbench tells the kind of its colour theme. */
export type ThemeKind = 'vs' | 'vs-dark' | 'hc-black' | 'hc-light';

/** How the browser window is set up. */
export interface EditorPageOptions {
  /** Path of the Chromium program. */
  readonly chromium: string;
  readonly width?: number;
  readonly height?: number;
}

/** The editor's window as a person sees it: what it shows can be read, and it can be operated. */
export class EditorPage {
  readonly dialog: EditorDialog;
  readonly notifications: EditorNotifications;
  readonly quickInput: QuickInput;

  private constructor(
    private readonly browser: Browser,
    /** The Playwright page, for what this class has no word for. */
    readonly page: Page,
  ) {
    this.dialog = new EditorDialog(page);
    this.notifications = new EditorNotifications(page);
    this.quickInput = new QuickInput(page);
  }

  /** Opens the address in a new browser and waits until the workbench stands. */
  static async open(address: string, options: EditorPageOptions): Promise<EditorPage> {
    const browser = await chromium.launch({
      executablePath: options.chromium,
      args: chromiumFlags,
    });
    try {
      const page = await browser.newPage({
        viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
      });
      page.setDefaultTimeout(15_000);
      const editor = new EditorPage(browser, page);
      await page.goto(address);
      await editor.waitUntilReady();
      return editor;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** Waits until the workbench stands: its parts are drawn and the file explorer is filled. */
  async waitUntilReady(): Promise<void> {
    const timeout = readyTimeout;
    await this.page.locator('.monaco-workbench .statusbar').waitFor({ timeout });
    await this.page.locator('.explorer-folders-view').waitFor({ timeout });
  }

  /** Loads the window anew, as "Developer: Reload Window" does. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.waitUntilReady();
  }

  /**
   * A status bar item by its text (a part of it or a pattern), or by the id that the extension
   * gave it: `{ id: 'publisher.name.itemId' }` or any ending of that.
   */
  statusItem(find: string | RegExp | { readonly id: string }): Locator {
    const items = this.page.locator('.statusbar .statusbar-item');
    if (typeof find === 'string' || find instanceof RegExp) return items.filter({ hasText: find });
    return this.page.locator(`.statusbar .statusbar-item[id$="${find.id}"]`);
  }

  /** The text of a status bar item, without its icons; waits until the item is there. */
  async statusText(find: string | RegExp | { readonly id: string }): Promise<string> {
    const text = await this.statusItem(find).first().innerText();
    return text.replaceAll('\u00a0', ' ').trim();
  }

  /** Clicks a status bar item. */
  async clickStatusItem(find: string | RegExp | { readonly id: string }): Promise<void> {
    await this.statusItem(find).first().locator('a').click();
  }

  /** Runs a command by its title, such as `View: Toggle Terminal`, from the command palette. */
  async runCommand(title: string): Promise<void> {
    await this.quickInput.open('F1');
    await this.quickInput.type(`>${title}`);
    await this.quickInput.choose(title);
  }

  /** Presses a key or a combination, such as `Escape` or `Control+Enter`. */
  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
  }

  /** Opens the settings editor with a search and waits until it shows a result. */
  async openSettings(search: string): Promise<Locator> {
    await this.runCommand('Preferences: Open Settings (UI)');
    const editor = this.page.locator('.settings-editor');
    await editor.locator('.suggest-input-container .monaco-editor').first().click();
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.insertText(search);
    await editor.locator('.settings-count-widget', { hasText: /Found/u }).waitFor();
    return editor.locator('.settings-tree-container .setting-item-contents');
  }

  /** Replaces the user settings in the open window, through its own editor, and saves them. */
  async applySettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    await this.runCommand('Preferences: Open User Settings (JSON)');
    const text = this.page.locator('.editor-instance[aria-label*="settings.json"]');
    await text.locator('.view-lines').click();
    await this.page.keyboard.press('Control+A');
    await this.paste(JSON.stringify(settings, undefined, 2));
    await this.runCommand('File: Save');
    await this.page.locator('.tab.dirty').waitFor({ state: 'detached' });
    await this.runCommand('View: Close Editor');
  }

  /** Pastes a text. Unlike typing, this makes the editor add no closing quotes and brackets. */
  async paste(text: string): Promise<void> {
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await this.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await this.page.keyboard.press('Control+V');
  }

  /** Waits until the colour theme is of a kind; the change itself goes through the settings. */
  async waitForTheme(kind: ThemeKind): Promise<void> {
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor();
  }

  /** Makes Restricted Mode end: trusts the open folder through the workspace trust editor. */
  async trustFolder(): Promise<void> {
    await this.runCommand('Workspaces: Manage Workspace Trust');
    const trust = this.page.locator('.workspace-trust-editor .monaco-button');
    await trust.filter({ hasText: exactly('Trust') }).click();
    await this.statusItem({ id: 'status.workspaceTrust' }).waitFor({ state: 'detached' });
    await this.runCommand('View: Close Editor');
  }

  /**
   * The time in milliseconds that an extension took to activate, as the editor measured it, from
   * the editor "Running Extensions", where extensions are listed by their display name.
   */
  async activationTime(extensionName: string): Promise<number> {
    const size = this.page.viewportSize();
    // The list holds only the rows that fit into the window: make all of them fit.
    await this.page.setViewportSize({ width: size?.width ?? 1280, height: 4_000 });
    await this.runCommand('Developer: Show Running Extensions');
    const row = this.page
      .locator('.runtime-extensions-editor .extension')
      .filter({ has: this.page.locator('.name', { hasText: exactly(extensionName) }) });
    const time = row.locator('.activation-time').filter({ hasText: /\d+\s*ms/u });
    const text = await time.innerText();
    await this.runCommand('View: Close Editor');
    if (size !== null) await this.page.setViewportSize(size);
    return Number(/(\d+)\s*ms/u.exec(text)?.[1]);
  }

  /** Saves what the window shows as `<name>.png` and returns the path. */
  async screenshot(name: string): Promise<string> {
    const folder =
      process.env['CHECKREIN_SCREENSHOTS'] ??
      fileURLToPath(new URL('../.artifacts', import.meta.url));
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${name}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  /** Closes the browser. */
  async close(): Promise<void> {
    await this.browser.close();
  }
}

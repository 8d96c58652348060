import type { Locator, Page } from 'playwright-core';
import { exactly } from './exactly';

/** What a modal dialog shows. */
export interface DialogContent {
  /** The bold line: the message that the extension passed, when it passed a detail too. */
  readonly title: string;
  /** The smaller text below; the whole message when the extension passed no detail. */
  readonly detail: string;
  /** Labels from left to right, then from top to bottom, as they are seen. */
  readonly buttons: readonly string[];
  /** Label of the button that Enter presses now; undefined when none has the focus. */
  readonly focused: string | undefined;
}

/** The editor's modal dialog, of which at most one is shown at a time. */
export class EditorDialog {
  /** The dialog's box, for what this class has no word for. */
  readonly box: Locator;

  constructor(page: Page) {
    this.box = page.locator('.monaco-dialog-box');
  }

  /** Waits for a dialog; with a text, for one that shows it. */
  async waitFor(text?: string | RegExp): Promise<void> {
    await (text === undefined ? this.box : this.box.filter({ hasText: text })).waitFor();
  }

  /** Waits until no dialog is shown. */
  async waitUntilClosed(): Promise<void> {
    await this.box.waitFor({ state: 'detached' });
  }

  /** Reads the dialog, waiting until it is shown and has its focus. */
  async read(): Promise<DialogContent> {
    await this.buttons().first().waitFor();
    const placed: { label: string; x: number; y: number }[] = [];
    for (const button of await this.buttons().all()) {
      const place = await button.boundingBox();
      placed.push({ label: await labelOf(button), x: place?.x ?? 0, y: place?.y ?? 0 });
    }
    placed.sort((a, b) => a.y - b.y || a.x - b.x);
    const [focused] = await this.box.locator('.dialog-buttons .monaco-button:focus').all();
    const [title] = await this.box.locator('.dialog-message-text').allInnerTexts();
    return {
      title: title ?? '',
      detail: await this.box.locator('.dialog-message-detail').innerText(),
      buttons: placed.map(button => button.label),
      focused: focused === undefined ? undefined : await labelOf(focused),
    };
  }

  /** Clicks the button with exactly this label. */
  async click(label: string): Promise<void> {
    await this.buttons()
      .filter({ hasText: exactly(label) })
      .click();
  }

  private buttons(): Locator {
    return this.box.locator('.dialog-buttons .monaco-button');
  }
}

async function labelOf(button: Locator): Promise<string> {
  return (await button.innerText()).trim();
}

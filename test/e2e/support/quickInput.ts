import type { Locator, Page } from 'playwright-core';
import { exactly } from './exactly';

/** One row of a quick pick as it is shown. */
export interface QuickPickRow {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

/** The editor's command palette, quick picks and input boxes, which are all one widget. */
export class QuickInput {
  private readonly widget: Locator;
  private readonly rows: Locator;

  constructor(private readonly page: Page) {
    this.widget = page.locator('.quick-input-widget');
    this.rows = this.widget.locator('.quick-input-list .monaco-list-row');
  }

  /** Presses the key that opens it, until it is open: an editor that starts may lose a key. */
  async open(key: string): Promise<void> {
    const input = this.widget.locator('input').first();
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await this.page.keyboard.press(key);
      const shown = await input.waitFor({ timeout: 1_000 }).then(
        () => true,
        () => false,
      );
      if (shown) return;
    }
    throw new Error(`${key} opens no quick input`);
  }

  /** Waits until it is open. */
  async waitUntilOpen(): Promise<void> {
    await this.widget.locator('input').first().waitFor();
  }

  /** Waits until it is closed. */
  async waitUntilClosed(): Promise<void> {
    await this.widget.waitFor({ state: 'hidden' });
  }

  /** Replaces the text in its input box. */
  async type(text: string): Promise<void> {
    await this.widget
      .locator('.quick-input-filter input[type="text"], input.input')
      .first()
      .fill(text);
  }

  /** The title above a quick pick; empty when there is none. */
  async title(): Promise<string> {
    await this.waitUntilOpen();
    return (await this.widget.locator('.quick-input-title').first().innerText()).trim();
  }

  /** The rows shown now; waits for the first of them. A long list shows only a part. */
  async read(): Promise<QuickPickRow[]> {
    await this.rows.first().waitFor();
    const rows: QuickPickRow[] = [];
    for (const row of await this.rows.all()) {
      rows.push({
        label: await textOf(row.locator('.quick-input-list-label .label-name')),
        description: await textOf(row.locator('.quick-input-list-label .label-description')),
        detail: await textOf(row.locator('.quick-input-list-label-meta')),
      });
    }
    return rows;
  }

  /** Chooses the row with exactly this label. */
  async choose(label: string): Promise<void> {
    const name = this.page.locator('.label-name', { hasText: exactly(label) });
    await this.rows.filter({ has: name }).first().click();
  }
}

async function textOf(found: Locator): Promise<string> {
  const [text] = await found.allInnerTexts();
  return (text ?? '').replaceAll('\u00a0', ' ').trim();
}

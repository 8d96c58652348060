import type { Locator } from 'playwright-core';
import { WebviewPanelPage } from './webviewPanel';

/** The panel "View All Changes". */
export class ChangesPanelPage extends WebviewPanelPage {
  /** Waits until the list is drawn. */
  async waitFor(): Promise<void> {
    await this.row(/./u).first().waitFor();
  }

  /** Rows by what a screen reader says for them, or a part of it. */
  row(name: string | RegExp): Locator {
    return this.frame.getByRole('treeitem', { name });
  }

  /** Presses a button of a row, which is there once the row is meant. */
  async press(row: string | RegExp, button: string): Promise<void> {
    await this.row(row).first().focus();
    await this.row(row).first().getByRole('button', { name: button, exact: true }).click();
  }

  filter(): Locator {
    return this.frame.getByRole('textbox');
  }
}

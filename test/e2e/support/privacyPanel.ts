import type { Locator } from 'playwright-core';
import { WebviewPanelPage } from './webviewPanel';

/** The panel "Privacy". */
export class PrivacyPanelPage extends WebviewPanelPage {
  /** Waits until the switches are drawn; after a reload extensions have to start first. */
  async waitFor(): Promise<void> {
    await this.frame.locator('[data-row]').first().waitFor({ timeout: 60_000 });
  }

  /** The row of a switch by its id. */
  row(id: string): Locator {
    return this.frame.locator(`[data-row="${id}"]`);
  }

  /** The word for a switch's state, as a person reads it. */
  async state(id: string): Promise<string> {
    return (await this.row(id).locator('.state').innerText()).trim();
  }

  toggle(id: string): Locator {
    return this.row(id).getByRole('switch');
  }

  status(): Locator {
    return this.frame.getByRole('status');
  }

  checkbox(name: string): Locator {
    return this.frame.getByRole('checkbox', { name });
  }

  /** The heading that unfolds the facts of a topic. */
  topic(name: string): Locator {
    return this.frame.locator('summary', { hasText: name });
  }

  /** Whether the table of a topic is unfolded. */
  isUnfolded(name: string): Promise<boolean> {
    return this.frame
      .locator('details[open]', { hasText: name })
      .count()
      .then(count => count === 1);
  }
}

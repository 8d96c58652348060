import axe from 'axe-core';
import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';

/** What axe-core found: its rule, and the elements. */
export interface Barrier {
  readonly rule: string;
  readonly elements: readonly string[];
}

/** The panel "View All Changes" as a person sees it. The editor keeps it in a frame within a frame. */
export class ChangesPanelPage {
  private readonly frame: FrameLocator;

  constructor(private readonly page: Page) {
    this.frame = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  /** Waits until the list is drawn. */
  async waitFor(): Promise<void> {
    await this.row(/./u).first().waitFor();
  }

  /** Rows by what a screen reader says for them, or a part of it. */
  row(name: string | RegExp): Locator {
    return this.frame.getByRole('treeitem', { name });
  }

  button(name: string): Locator {
    return this.frame.getByRole('button', { name });
  }

  /** Presses a button of a row, which is there once the row is meant. */
  async press(row: string | RegExp, button: string): Promise<void> {
    await this.row(row).first().focus();
    await this.row(row).first().getByRole('button', { name: button, exact: true }).click();
  }

  filter(): Locator {
    return this.frame.getByRole('textbox');
  }

  text(): Promise<string> {
    return this.frame.locator('#panel').innerText();
  }

  /** What would shut people out, by axe-core. */
  async barriers(): Promise<Barrier[]> {
    const frame = await this.innerFrame();
    await frame.evaluate(axe.source);
    return frame.evaluate<Barrier[]>(`axe.run().then(({ violations }) =>
      violations.map(({ id, nodes }) => ({ rule: id, elements: nodes.map(node => node.html) })))`);
  }

  private async innerFrame(): Promise<Frame> {
    const outer = this.page.frameLocator('iframe.webview.ready').locator('#active-frame');
    const frame = await (await outer.elementHandle()).contentFrame();
    if (!frame) throw new Error('the panel has no frame');
    return frame;
  }
}

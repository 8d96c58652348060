import axe from 'axe-core';
import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';

/** What axe-core found: its rule, and the elements. */
interface Barrier {
  readonly rule: string;
  readonly elements: readonly string[];
}

/** A panel of ours as a person sees it. The editor keeps its page in a frame within a frame. */
export abstract class WebviewPanelPage {
  protected readonly frame: FrameLocator;

  constructor(private readonly page: Page) {
    this.frame = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  button(name: string): Locator {
    return this.frame.getByRole('button', { name });
  }

  text(): Promise<string> {
    return this.frame.locator('#panel').innerText();
  }

  /** Evaluates an expression in the panel's own page. */
  async evaluate<T>(expression: string): Promise<T> {
    return (await this.innerFrame()).evaluate<T>(expression);
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

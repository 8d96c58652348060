import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { panelHtml } from '../../src/extension/panel/panelHtml';
import type { PanelMessage, PanelRequest } from '../../src/protocol/changesPanel';
import type { PrivacyMessage, PrivacyRequest } from '../../src/protocol/privacyPanel';

const root = join(import.meta.dirname, '../..');
const ORIGIN = 'http://panel.invalid';

/** The panels by their bundles, with what they ask and what they are told. */
interface Panels {
  readonly changes: { readonly request: PanelRequest; readonly message: PanelMessage };
  readonly privacy: { readonly request: PrivacyRequest; readonly message: PrivacyMessage };
}

/** The built panel in a browser, under its own content policy, with a stand-in for the window. */
export interface PanelPage<Bundle extends keyof Panels> {
  readonly page: Page;
  /** What the panel asked, oldest first. */
  requests(): Promise<Panels[Bundle]['request'][]>;
  post(message: Panels[Bundle]['message']): Promise<void>;
  /** Draws the page as if for the first time, with nothing kept. */
  restart(): Promise<void>;
  /** Draws the page anew, as the editor does when the panel comes back into sight. */
  reload(): Promise<void>;
  /** What the page may not do and tried, or could not do. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

/** Opens the panel of a bundle; nothing comes from the network but the two files of the build. */
export async function openPanelPage<Bundle extends keyof Panels>(
  executablePath: string,
  bundle: Bundle,
): Promise<PanelPage<Bundle>> {
  const browser: Browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const page = await browser.newPage({ viewport: { width: 1000, height: 720 } });
  const faults: string[] = [];
  page.on('pageerror', error => faults.push(error.message));
  page.on('console', message => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await page.route('**/*', route => {
    const { pathname } = new URL(route.request().url());
    const file = [`${bundle}.js`, `${bundle}.css`].find(name => pathname === `/${name}`);
    if (file !== undefined) return route.fulfill({ path: join(root, 'dist/webview', file) });
    if (pathname === '/')
      return route.fulfill({ contentType: 'text/html', body: pageText(bundle) });
    return route.abort();
  });
  await page.addInitScript(STAND_IN);
  const untilReady = (): Promise<unknown> => page.waitForFunction('window.requests.length > 0');
  await page.goto(`${ORIGIN}/`);
  await untilReady();
  return {
    page,
    faults,
    requests: () => page.evaluate('window.requests'),
    post: message => page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`),
    async restart() {
      await page.goto(`${ORIGIN}/?fresh`);
      await untilReady();
    },
    async reload() {
      await page.reload();
      await untilReady();
    },
    close: () => browser.close(),
  };
}

const STAND_IN = `
  window.requests = [];
  // Here, not before: the page that goes away may still be about to keep its state.
  if (location.search === '?fresh') {
    sessionStorage.clear();
    history.replaceState(null, '', '/');
  }
  let state = JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined;
  window.acquireVsCodeApi = () => ({
    postMessage: request => window.requests.push(request),
    getState: () => state,
    setState: next => {
      state = next;
      sessionStorage.setItem('state', JSON.stringify(next));
    },
  });
`;

function pageText(bundle: string): string {
  // Read anew each time, so that a missing build fails where it is used.
  readFileSync(join(root, `dist/webview/${bundle}.js`));
  return panelHtml({
    cspSource: ORIGIN,
    nonce: 'nonce-of-the-test',
    script: `${ORIGIN}/${bundle}.js`,
    style: `${ORIGIN}/${bundle}.css`,
    title: bundle,
    language: 'en',
  });
}

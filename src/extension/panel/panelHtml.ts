/** What the page of a webview panel is made of. */
interface PanelPage {
  /** Where scripts and styles of the extension come from, as the editor names it. */
  readonly cspSource: string;
  /** Unlike any other page's and not to be guessed. */
  readonly nonce: string;
  readonly script: string;
  readonly style: string;
  readonly title: string;
  readonly language: string;
}

/**
 * The page of a panel: nothing of the workspace is in it, no script runs but ours, and
 * nothing is loaded from anywhere but the extension. Pictures are posted to it as data.
 */
export function panelHtml(page: PanelPage): string {
  const { cspSource, nonce, script, style, title, language } = page;
  const policy = [
    "default-src 'none'",
    'img-src data:',
    `style-src ${cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${escapeHtml(style)}">
</head>
<body>
<main id="panel"></main>
<script nonce="${escapeHtml(nonce)}" src="${escapeHtml(script)}"></script>
</body>
</html>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/gu, character => ENTITIES[character] ?? character);
}

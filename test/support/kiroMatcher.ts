import type { PermissionRule } from '../../src/settings/kiro/permissionRule';

/**
 * Kiro's permission rules as its documents describe them: a compound command is split at `;`, `&&`,
 * `||` and `|`, each part is judged, a star is any text, and deny beats ask beats allow. Nothing
 * that matches means ask.
 */
export function kiroDecidesShell(
  line: string,
  rules: readonly PermissionRule[],
): 'allow' | 'ask' | 'deny' {
  const parts = line.split(/;|&&|\|\||\|/).map(part => part.trim());
  const effects = parts.map(part => decidePart(part, rules));
  return (
    effects.find(effect => effect === 'deny') ?? effects.find(effect => effect === 'ask') ?? 'allow'
  );
}

function decidePart(part: string, rules: readonly PermissionRule[]): 'allow' | 'ask' | 'deny' {
  const hits = rules.filter(
    ({ capability, match, exclude }) =>
      ['shell', 'all', 'builtin'].includes(capability) &&
      (match?.some(glob => textMatches(glob, part)) ?? true) &&
      !exclude?.some(glob => textMatches(glob, part)),
  );
  for (const effect of ['deny', 'ask', 'allow'] as const) {
    if (hits.some(hit => hit.effect === effect)) return effect;
  }
  return 'ask';
}

const compiled = new Map<string, RegExp>();

/** A star is any text, also none and also line ends; nothing else is special. */
function textMatches(glob: string, text: string): boolean {
  let expression = compiled.get(glob);
  if (!expression) {
    const source = glob.split('*').map(piece => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    expression = new RegExp(`^${source.join('.*')}$`, 's');
    compiled.set(glob, expression);
  }
  return expression.test(text);
}

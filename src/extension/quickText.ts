import { makeVisible } from '../policy/visibleText';

/** Foreign text for a quick pick: all of it visible, and its `$(name)` not drawn as an icon. */
export function quickText(text: string): string {
  return makeVisible(text, false).replaceAll('$(', '\\$(');
}

import { TOKEN_FORMATS } from '../../policy/tokenFormats';
import type { Finding } from '../finding';
import type { RuleInput } from './ruleInput';

const MAX_FOUND = 100;

/** Text of the form of a published kind of token, anywhere in a file. */
export function* secretFormats({ text, file }: RuleInput): Iterable<Finding> {
  if (file.kind === 'ignore' || file.kind === 'gitignore') return;
  let found = 0;
  for (const { kind, marks, pattern } of TOKEN_FORMATS) {
    if (!marks.some(mark => text.includes(mark))) continue;
    for (const { 0: token, index } of text.matchAll(pattern)) {
      // Documentation uses tokens that say that they are none, and addresses name variables.
      if (/EXAMPLE|xxxx|[$%{}<>]/.test(token)) continue;
      found += 1;
      if (found > MAX_FOUND) return;
      const message = `This has the form of ${kind}. Take it out, and make it invalid where it was issued.`;
      yield { code: 'secret-in-text', message, start: index, end: index + token.length };
    }
  }
}

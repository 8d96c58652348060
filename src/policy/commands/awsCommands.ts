import { isReadingAws } from '../tools';
import type { ReadOnlyProfile } from './readOnlyProfile';
import type { Word } from './script';

/** Options of the AWS command line that come before the service and take a value. */
const GLOBAL_OPTION =
  /^--(?:region|profile|output|color|cli-read-timeout|cli-connect-timeout|query)$/;
const GLOBAL_FLAG = /^--(?:no-paginate|no-cli-pager|no-sign-request|debug=false)$/;

/**
 * Options that send a file's content away, talk to another server, or switch a check off. The AWS
 * command line takes abbreviated options, so the beginnings count.
 */
const REFUSED = /^--(?:en|cli-in|generate|no-v|ca|cli-au|deb)/;

/** `aws SERVICE VERB-…` that only reads; undefined for everything else. */
export function readingAws(args: readonly Word[]): ReadOnlyProfile | undefined {
  const [service, operation] = positionals(args);
  const verb = operation?.value ?? '';
  if (!service || !operation || !isReadingAws(verb) || service.value === 'configure') {
    return undefined;
  }
  return {
    files: () => [],
    // `file://` and `fileb://` values read a file of this machine and send it.
    refuses: words =>
      words.find(({ forms }) =>
        forms.some(form => REFUSED.test(form) || /(?:file|fileb|https?):\/\//i.test(form)),
      ) ?? outputFile(service.value === 's3' ? [] : args.slice(args.indexOf(operation) + 1)),
  };
}

/** A last word that is no option's value may name a file that the answer is written to. */
function outputFile(after: readonly Word[]): Word | undefined {
  const [before, last] = after.length === 1 ? [undefined, after[0]] : after.slice(-2);
  if (!last || last.value.startsWith('-') || before?.value.startsWith('-')) return undefined;
  return last;
}

/** The service and the operation: what stands first that is no global option. */
function positionals(args: readonly Word[]): readonly Word[] {
  const found: Word[] = [];
  for (let index = 0; index < args.length && found.length < 2; index += 1) {
    const word = args[index];
    if (word?.dynamic !== 'no' || word.glob || word.forms.length !== 1) return [];
    if (GLOBAL_OPTION.test(word.value)) index += 1;
    else if (/^--(?:region|profile|output|query|color)=/.test(word.value)) continue;
    else if (GLOBAL_FLAG.test(word.value)) continue;
    else if (word.value.startsWith('-')) return [];
    else found.push(word);
  }
  return found;
}

import type { Word } from './script';
import { afterFlag, derived, type Reader } from './writeArguments';

/** Short options of tar that take a value. */
const VALUED = 'bCfFgHIKLNTVX';

/** tar's first argument may be options without a dash, whose values follow in their order. */
export function tarOptions(args: readonly Word[]): readonly Word[] {
  const [first, ...rest] = args;
  if (!first || !/^[A-Za-z]+$/.test(first.value)) return args;
  let taken = 0;
  const options = Array.from(first.value).flatMap(letter => {
    const option = derived(first, `-${letter}`);
    const value = VALUED.includes(letter) ? rest[taken++] : undefined;
    return value ? [option, value] : [option];
  });
  return [...options, ...rest.slice(taken)];
}

/** A short option, alone or behind others that take no value. */
const short = (letters: string, rest = ''): RegExp =>
  new RegExp(`^-[^-${VALUED}]*[${letters}]${rest}`, 's');

/** What an archive holds the line does not say; where it goes, it does. */
export const tar: Reader = given => {
  const args = tarOptions(given);
  const does = (letters: string, long: RegExp): boolean =>
    args.some(({ value }) => short(letters).test(value) || long.test(value));
  if (does('x', /^--(?:ext|ge)/)) {
    const places = afterFlag(
      short('C', '(.*)$'),
      /^--(?:cd|di[a-z]*)(?:=(.*))?$/,
      /^--on[a-z-]*=(.*)$/,
    );
    return { ...places(args), any: true };
  }
  if (!does('cruA', /^--(?:cr|ap|up|con|cat)/)) return { files: [] };
  return afterFlag(short('f', '(.*)$'), /^--file?(?:=(.*))?$/)(args);
};

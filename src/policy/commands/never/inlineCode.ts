import type { CommandContext } from '../commandVerdict';
import { isCatastrophic } from './targets';

/** Calls that run a command line: `os.system("…")`, `execSync("…")`, `system("…")`, backticks. */
const RUNS =
  /\b(?:system|popen|exec\w*|spawn\w*|check_(?:call|output)|call|run|getoutput|shell_exec|passthru|proc_open|qx|shell script)\b/;
/** Calls that remove a tree. */
const REMOVES =
  /\b(?:rmtree|rmSync|rmdirSync|removeSync|rm_rf|rm_r|remove_dir_all|removedirs|RemoveAll|delTree|rimraf|unlink|rm)\b/;

/** What a program text given on the command line would do, as far as plain strings in it tell. */
export interface InlineFindings {
  /** Strings that the program may hand to a shell. */
  readonly commandLines: readonly string[];
  readonly reason: string | undefined;
}

/** Looks into a program text (`python -c`, `node -e`) for what no list can trust. */
export function inspectInline(text: string, context: CommandContext): InlineFindings {
  const strings = quotedStrings(text);
  const removed = REMOVES.test(text)
    ? strings.find(string => /^[/~.*\\]|^[A-Za-z]:/.test(string) && isCatastrophic(string, context))
    : undefined;
  const home = REMOVES.test(text) && /\b(?:homedir|expanduser|Path\.home|Dir\.home)\b/.test(text);
  if (removed !== undefined || home) {
    return { commandLines: [], reason: 'the program text removes what cannot be brought back' };
  }
  const fetches =
    /\b(?:urlopen|urlretrieve|requests\.get|fetch|http\.get|https\.get|LWP|open-uri|DownloadString)\b/.test(
      text,
    );
  if (fetches && /\b(?:exec|eval|Function|vm\.run\w*|compile)\s*\(/.test(text)) {
    return { commandLines: [], reason: 'the program text runs what it downloads' };
  }
  // Lists of arguments (`["rm", "-rf", "/"]`) are a command line too, joined by blanks.
  const lines = RUNS.test(text) || text.includes('`') ? [...strings, strings.join(' ')] : [];
  return { commandLines: lines, reason: undefined };
}

/** The contents of the quoted strings in a program text, in order. Linear. */
function quotedStrings(text: string): readonly string[] {
  const found: string[] = [];
  let at = 0;
  while (at < text.length && found.length < 200) {
    const quote = text[at] ?? '';
    if (quote !== '"' && quote !== "'" && quote !== '`') {
      at += 1;
      continue;
    }
    let value = '';
    at += 1;
    while (at < text.length && text[at] !== quote) {
      if (text[at] === '\\') at += 1;
      value += text[at] ?? '';
      at += 1;
    }
    at += 1;
    found.push(value);
  }
  return found;
}

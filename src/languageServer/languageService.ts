import type { CompletionItem, DocumentSymbol, FoldingRange } from 'vscode-json-languageservice';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { diagnose, isYaml, type OpenFile } from './diagnose';
import type { FileKind, PolicyFile } from './fileKinds';
import type { Finding, TextChange } from './finding';
import { complete } from './help/completion';
import { hover, type HoverText } from './help/hover';
import { inlays, lenses, type Inlay, type Lens } from './help/margins';
import { folding, format, symbols, type Indentation } from './help/outline';
import { readJson, treeOf, type SyntaxTree } from './syntaxTree';
import { readYaml } from './yamlTree';

/** Everything the editor and the command line ask about a policy file. Nothing throws for any text. */
export interface LanguageService {
  /** What is wrong in a file, or not what it seems. */
  diagnose(open: OpenFile): Promise<readonly Finding[]>;
  complete(open: OpenFile, offset: number): Promise<readonly CompletionItem[]>;
  hover(open: OpenFile, offset: number): Promise<HoverText | undefined>;
  lenses(open: OpenFile): Promise<readonly Lens[]>;
  inlays(open: OpenFile): Promise<readonly Inlay[]>;
  symbols(open: OpenFile): Promise<readonly DocumentSymbol[]>;
  folding(open: OpenFile): Promise<readonly FoldingRange[]>;
  format(open: OpenFile, indentation: Indentation): Promise<readonly TextChange[]>;
}

/** Longer texts are not parsed: no person writes them. */
const MAX_CHARACTERS = 3_000_000;

/** Makes the service. It reads nothing, keeps no state but parsed trees, and knows no editor. */
export function createLanguageService(): LanguageService {
  const trees = new TreeCache();
  /** Asks only about texts that are parsed; a failure of a library costs the answer, not the server. */
  const ask = async <T>(
    open: OpenFile,
    none: T,
    question: (tree: SyntaxTree) => Promise<T> | T,
  ): Promise<T> => {
    if (isTooLong(open)) return none;
    try {
      return await question(await trees.of(open));
    } catch {
      return none;
    }
  };
  return {
    async diagnose(open) {
      const whole = { start: 0, end: Math.min(1, open.document.getText().length) };
      if (isTooLong(open)) {
        const message = `Only files of up to ${MAX_CHARACTERS} characters are looked through.`;
        return [{ code: 'too-large', message, ...whole }];
      }
      try {
        return await diagnose(open, await trees.of(open));
      } catch (error) {
        // A file that breaks a rule must not look clean.
        const message = `This file cannot be checked: ${error instanceof Error ? error.name : 'unknown error'}.`;
        return [{ code: 'unreadable', message, ...whole }];
      }
    },
    complete: (open, offset) => ask(open, [], tree => complete(open, tree, offset)),
    hover: (open, offset) => ask(open, undefined, tree => hover(open, tree, offset)),
    lenses: open => ask(open, [], tree => lenses(open, tree)),
    inlays: open => ask(open, [], tree => inlays(open, tree)),
    symbols: open => ask(open, [], tree => symbols(open, tree)),
    folding: open => ask(open, [], tree => folding(open, tree)),
    format: (open, indentation) => ask(open, [], tree => format(open, tree, indentation)),
  };
}

function isTooLong({ document }: OpenFile): boolean {
  return document.getText().length > MAX_CHARACTERS;
}

/** The tree of each open text, read once for all questions about it. */
class TreeCache {
  readonly #trees = new WeakMap<
    TextDocument,
    { readonly version: number; readonly tree: Promise<SyntaxTree> }
  >();

  of({ file, document }: OpenFile): Promise<SyntaxTree> {
    const known = this.#trees.get(document);
    if (known?.version === document.version) return known.tree;
    const tree = read(file, document);
    this.#trees.set(document, { version: document.version, tree });
    return tree;
  }
}

/** Files that are lines of text, and Markdown. */
const PLAIN: ReadonlySet<FileKind> = new Set(['ignore', 'gitignore', 'steering']);

async function read(file: PolicyFile, document: TextDocument): Promise<SyntaxTree> {
  if (PLAIN.has(file.kind)) return treeOf(undefined, []);
  return isYaml(file) ? readYaml(document.getText()) : readJson(document);
}

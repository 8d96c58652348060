import { join } from 'node:path';
import { findNodeAtLocation, getNodeValue, parseTree, type Node } from 'jsonc-parser';
import { findSecrets, maskSecrets } from '../secrets';
import { filesIn, readSmallText } from './boundedFiles';
import { evidenceOf, type CheckResult } from './finding';
import type { PostureFacts } from './postureFacts';

/** A JSON file that was read, or could not be. */
interface JsonFile {
  readonly path: string;
  readonly text: string;
  readonly tree: Node;
}

/** Reads those of the files that exist; `bad` names those that are no JSON. */
function readAll(paths: readonly string[]): {
  readonly files: readonly JsonFile[];
  readonly bad: readonly string[];
} {
  const files: JsonFile[] = [];
  const bad: string[] = [];
  for (const path of [...new Set(paths)]) {
    const text = readSmallText(path);
    if (text === undefined) continue;
    const tree = parseQuietly(text);
    if (tree?.type === 'object') files.push({ path, text, tree });
    else bad.push(path);
  }
  return { files, bad };
}

function parseQuietly(text: string): Node | undefined {
  try {
    return parseTree(text, [], { allowTrailingComma: true });
  } catch {
    // Nesting that no person writes exhausts the parser's stack.
    return undefined;
  }
}

function unclear(bad: readonly string[]): { unclear?: string } {
  return bad.length === 0 ? {} : { unclear: `cannot be read: ${bad.join(', ')}` };
}

/** Every file that may name MCP servers. */
function mcpFiles({ home, roots, places }: PostureFacts): readonly string[] {
  const bases = [places.kiroHome, ...roots.map(root => join(root, '.kiro'))];
  return [
    ...bases.flatMap(base => [
      join(base, 'settings', 'mcp.json'),
      join(base, 'settings.json'),
      ...filesIn(join(base, 'agents'), '.json'),
    ]),
    ...roots.flatMap(root => [join(root, '.vscode', 'mcp.json'), join(root, '.mcp.json')]),
    ...[home, ...roots].map(base => join(base, '.gemini', 'settings.json')),
  ];
}

interface Server {
  readonly file: JsonFile;
  readonly name: string;
  readonly node: Node;
}

function serversOf(file: JsonFile): readonly Server[] {
  return ['mcpServers', 'servers'].flatMap(key => {
    const list = findNodeAtLocation(file.tree, [key]);
    return (list?.type === 'object' ? (list.children ?? []) : []).flatMap(property => {
      const [name, node] = property.children ?? [];
      return name && node ? [{ file, name: String(name.value), node }] : [];
    });
  });
}

const SECRET_NAME = /token|secret|password|passwd|credential|key|authorization|cookie/i;
/** A value that stands for a variable, or is plainly none. */
const NO_LITERAL = /\$\{[^}]*\}|\$[A-Z_]+|%[A-Z_]+%|^<.*>$|^(true|false|\d{0,4}|)$/i;

/** Literal tokens in the settings of MCP servers. */
export function mcpTokens(facts: PostureFacts): CheckResult {
  const { files, bad } = readAll(mcpFiles(facts));
  const found = files.flatMap(file =>
    serversOf(file).flatMap(({ name, node }) =>
      (['env', 'headers'] as const).flatMap(key =>
        literalsIn(findNodeAtLocation(node, [key])).map(({ variable, offset }) => ({
          file,
          offset,
          what: `${name}: ${key}.${variable}`,
        })),
      ),
    ),
  );
  const [first] = found;
  if (!first) return { findings: [], ...unclear(bad) };
  return {
    findings: [
      {
        severity: 'high',
        title: 'Literal tokens in the settings of MCP servers',
        why: 'Whoever reads the file has the token, an agent among them; a file of the project may be committed.',
        evidence: evidenceOf(found, sayPlace),
        fix: {
          text: 'Write "${NAME}" instead and set the variable NAME outside; Kiro asks once whether it may use it.',
          file: first.file.path,
          line: lineAt(first.file.text, first.offset),
        },
      },
    ],
    ...unclear(bad),
  };
}

function literalsIn(node: Node | undefined): readonly { variable: string; offset: number }[] {
  return (node?.children ?? []).flatMap(property => {
    const [key, value] = property.children ?? [];
    if (!key || value?.type !== 'string') return [];
    const [variable, text] = [String(key.value), String(value.value)];
    const isNamed = SECRET_NAME.test(variable) && !NO_LITERAL.test(text) && text.length >= 8;
    const isSecret = findSecrets(text).some(({ certain }) => certain);
    return isNamed || isSecret ? [{ variable, offset: value.offset }] : [];
  });
}

/** Lists that approve everything: `autoApprove: *` and Kiro's own trusted lists. */
export function approveAll(facts: PostureFacts): CheckResult {
  const mcp = readAll(mcpFiles(facts));
  const settings = readAll([
    ...facts.places.ideSettings.map(({ path }) => path),
    ...facts.roots.map(root => join(root, '.vscode', 'settings.json')),
  ]);
  const found: readonly Place[] = [
    ...mcp.files.flatMap(file =>
      serversOf(file)
        .filter(({ node }) => hasStar(findNodeAtLocation(node, ['autoApprove'])))
        .map(({ name, node }) => ({ file, offset: node.offset, what: `${name}: autoApprove` })),
    ),
    ...settings.files.flatMap(file =>
      ['kiroAgent.trustedCommands', 'kiroAgent.trustedTools'].flatMap(key => {
        const node = findNodeAtLocation(file.tree, [key]);
        return node && hasStar(node) ? [{ file, offset: node.offset, what: key }] : [];
      }),
    ),
  ];
  const bad = [...mcp.bad, ...settings.bad];
  if (found.length === 0) return { findings: [], ...unclear(bad) };
  return {
    findings: [
      {
        severity: 'high',
        title: 'A list approves everything with "*"',
        why: 'What a server or a command does is then asked about by nobody, whatever text the agent has read.',
        evidence: evidenceOf(found, sayPlace),
        fix: { text: 'Name the tools or commands that need no question, and take "*" out.' },
      },
    ],
    ...unclear(bad),
  };
}

function hasStar(node: Node | undefined): boolean {
  return (node?.children ?? []).some(({ value }) => value === '*');
}

/** What every hook entry of Checkrein's own starts. */
const OWN_HOOK = 'checkrein-hook.';

/** Hooks that nobody here has put in: those of the repository, and others besides Checkrein's. */
export function unknownHooks(facts: PostureFacts): CheckResult {
  const { home, roots, places } = facts;
  const inRepository = roots.flatMap(root => hookFiles(root, join(root, '.kiro')));
  const ofPerson = hookFiles(home, places.kiroHome);
  const repository = readAll(inRepository);
  const person = readAll(ofPerson.filter(path => !inRepository.includes(path)));
  const found = repository.files.flatMap(foreignHooks);
  const own = person.files.flatMap(foreignHooks);
  const bad = [...repository.bad, ...person.bad];
  return {
    findings: [
      ...(found.length === 0
        ? []
        : [
            {
              severity: 'medium' as const,
              title: 'The repository brings hooks that run commands',
              why: 'A hook runs with your rights whenever its event happens, and nobody is asked.',
              evidence: evidenceOf(found, sayPlace),
              fix: { text: 'Read them; take out those you do not know.' },
            },
          ]),
      ...(own.length === 0
        ? []
        : [
            {
              severity: 'info' as const,
              title: 'Hooks of your own besides Checkrein’s',
              why: 'Programs put hooks into these files too. Make sure that you know each of them.',
              evidence: evidenceOf(own, sayPlace),
            },
          ]),
    ],
    ...unclear(bad),
  };
}

function hookFiles(base: string, kiroFolder: string): readonly string[] {
  return [
    ...filesIn(join(kiroFolder, 'hooks'), '.json'),
    ...filesIn(join(kiroFolder, 'hooks'), '.kiro.hook'),
    ...filesIn(join(kiroFolder, 'agents'), '.json'),
    ...filesIn(join(base, '.github', 'hooks'), '.json'),
    join(base, '.gemini', 'settings.json'),
    join(base, '.claude', 'settings.json'),
    join(base, '.claude', 'settings.local.json'),
  ];
}

const MAX_DEPTH = 12;

/** Every command in a hook file's hooks that is not Checkrein's, cut short and masked. */
function foreignHooks(file: JsonFile): readonly Place[] {
  const { path, tree } = file;
  const hooks = path.endsWith('.kiro.hook') ? tree : findNodeAtLocation(tree, ['hooks']);
  const commands: Place[] = [];
  const visit = (node: Node | undefined, depth: number): void => {
    if (!node || depth > MAX_DEPTH) return;
    const command = node.type === 'object' ? findNodeAtLocation(node, ['command']) : undefined;
    const value: unknown = command && getNodeValue(command);
    if (typeof value === 'string' && !value.includes(OWN_HOOK)) {
      commands.push({ file, offset: node.offset, what: value });
    }
    for (const child of node.children ?? []) visit(child, depth + 1);
  };
  visit(hooks, 0);
  return commands;
}

/** Something in a file, worth a look. */
interface Place {
  readonly file: JsonFile;
  readonly offset: number;
  readonly what: string;
}

function sayPlace({ file, offset, what }: Place): string {
  return `${file.path}:${lineAt(file.text, offset)}: ${maskSecrets(what).slice(0, 120)}`;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

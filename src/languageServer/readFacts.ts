import { existsSync, lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'jsonc-parser';
import { effectivePolicy } from '../settings/effectivePolicy';
import { workspaceFolder } from '../settings/kiro/workspaceFolder';
import { PolicyFiles } from '../settings/policyFiles';
import { policyPlaces } from '../settings/policyPlaces';
import type { LanguageFacts } from '../protocol/languageProtocol';
import { slashes, type FileKind, type PolicyFile } from './fileKinds';
import { readAgents } from './readAgents';
import { textIfAny } from './readText';
import { NO_FACTS, type IgnoreFile, type KnownAgent, type WorkspaceFacts } from './workspaceFacts';

/** Where to look for facts. All absolute. */
export interface FactPlaces {
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** Workspace folders; a file belongs to the innermost one that holds it. */
  readonly roots: readonly string[];
}

/** Looks around a file for what the language service has to be told. Nothing found is never an error. */
export class FactReader {
  readonly #policyFiles = new PolicyFiles();

  constructor(
    private readonly places: FactPlaces,
    private readonly editor?: LanguageFacts,
  ) {}

  /** The facts for one file, as they are now. */
  read(file: PolicyFile): WorkspaceFacts {
    const root = this.#rootOf(file);
    const settings =
      root === undefined || this.editor?.trusted === false
        ? undefined
        : jsonAt(join(root, '.vscode', 'settings.json'));
    return {
      ...NO_FACTS,
      commands: root === undefined ? [] : offeredCommands(root),
      approvedVariables: this.#approvedVariables(settings),
      honouredIgnoreFiles: textsAt(settings, 'kiroAgent.agentIgnoreFiles'),
      gitignore: root === undefined ? undefined : gitignoreOf(root),
      isLink: isLink(file.path),
      permissionsFile: root === undefined ? undefined : this.#permissionsFile(root),
      agents: file.kind === 'agent' ? this.#agents(file) : undefined,
      ...this.#policy(file, root),
      ...this.#fromEditor(file),
    };
  }

  #fromEditor({ path }: PolicyFile): Partial<WorkspaceFacts> {
    if (!this.editor) return {};
    const { recentCommands, approvedFiles, values } = this.editor;
    const { approvedVariables, honouredIgnoreFiles } = this.editor;
    return {
      recentCommands,
      values,
      loosensWithConsent: approvedFiles.map(slashes).includes(path),
      ...(approvedVariables && { approvedVariables }),
      ...(honouredIgnoreFiles && { honouredIgnoreFiles }),
    };
  }

  /** Those beside the file, and the person's own. */
  #agents({ path }: PolicyFile): readonly KnownAgent[] | undefined {
    const own = join(this.places.home, '.kiro', 'agents');
    return readAgents([...new Set([dirname(path), own])]);
  }

  #rootOf({ path }: PolicyFile): string | undefined {
    return this.places.roots
      .filter(root => path.startsWith(`${slashes(root).replace(/\/+$/, '')}/`))
      .sort((a, b) => b.length - a.length)[0];
  }

  #permissionsFile(root: string): string {
    const { home, platform } = this.places;
    return join(workspaceFolder(join(home, '.kiro'), root, platform).path, 'permissions.yaml');
  }

  #approvedVariables(settings: unknown): readonly string[] | undefined {
    const key = 'kiroAgent.mcpApprovedEnvVars';
    const cli = textsAt(jsonAt(join(this.places.home, '.kiro', 'settings', 'cli.json')), key);
    const own = textsAt(settings, key);
    return cli || own ? [...(cli ?? []), ...(own ?? [])] : undefined;
  }

  /** What the policy files say, and what the others of them deny: the file's own text says the rest. */
  #policy(file: PolicyFile, root: string | undefined): Pick<WorkspaceFacts, 'denied' | 'values'> {
    if (!POLICY_KINDS.has(file.kind)) return { denied: [], values: [] };
    const { platform, home } = this.places;
    const places = policyPlaces({ platform, home, roots: root === undefined ? [] : [root] });
    const state = this.#policyFiles.read(places);
    const { policy, values } = effectivePolicy({ files: state, editor: [], consents: new Set() });
    const denied = (policy.commands.denied ?? []).filter(
      ({ source }) => slashes(source.file) !== file.path,
    );
    return { denied, values };
  }
}

const POLICY_KINDS: ReadonlySet<FileKind> = new Set([
  'settings',
  'managedPolicy',
  'editorSettings',
]);

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function jsonAt(path: string): unknown {
  const text = textIfAny(path);
  try {
    return text === undefined ? undefined : parse(text);
  } catch {
    // Nesting that no person writes exhausts the parser's stack.
    return undefined;
  }
}

function textsAt(value: unknown, key: string): readonly string[] | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  const list: unknown = (value as Readonly<Record<string, unknown>>)[key];
  return Array.isArray(list) ? list.filter(item => typeof item === 'string') : undefined;
}

const MAX_COMMANDS = 200;

/** Scripts of package.json and targets of Makefiles, as commands to offer while typing. */
function offeredCommands(root: string): readonly string[] {
  const manifest = jsonAt(join(root, 'package.json'));
  const scripts =
    typeof manifest === 'object' && manifest !== null && 'scripts' in manifest
      ? manifest.scripts
      : undefined;
  const names = typeof scripts === 'object' && scripts !== null ? Object.keys(scripts) : [];
  const npm = names
    .filter(name => /^[\w.:-]+$/.test(name))
    .map(name => (name === 'test' || name === 'start' ? `npm ${name}` : `npm run ${name}`));
  const makefile = ['Makefile', 'makefile', 'GNUmakefile']
    .map(name => textIfAny(join(root, name)))
    .find(text => text !== undefined);
  const targets = [...(makefile ?? '').matchAll(/^([A-Za-z][\w.-]*)\s*:(?!=)/gm)].map(
    match => `make ${match[1] ?? ''}`,
  );
  return [...new Set([...npm, ...targets])].slice(0, MAX_COMMANDS);
}

/** The ignore file of the repository that a folder is the top of, or lies in. */
function gitignoreOf(root: string): IgnoreFile | undefined {
  let folder = root;
  for (;;) {
    if (existsSync(join(folder, '.git'))) {
      const file = join(folder, '.gitignore');
      return { file, text: textIfAny(file) ?? '' };
    }
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}

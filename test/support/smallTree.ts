import type {
  FileDetails,
  PanelCall,
  PanelFile,
  PanelPrompt,
  PanelTree,
} from '../../src/protocol/changesPanel';

export function panelFile(id: string, more: Partial<PanelFile> = {}): PanelFile {
  return {
    id,
    name: `${id}.ts`,
    folder: 'src',
    author: 'agent',
    status: 'modified',
    kind: 'text',
    state: 'standing',
    ...more,
  };
}

function call(id: string, files: readonly PanelFile[], more: Partial<PanelCall> = {}): PanelCall {
  const allowed = { allowed: '', allowedInFull: '', byPerson: false };
  return { id, tool: 'fs_write', time: '9:00', ...allowed, files, ...more };
}

function prompt(id: string, more: Partial<PanelPrompt>): PanelPrompt {
  return {
    id,
    undoable: true,
    title: `Prompt ${id}`,
    detail: 'Kiro · 9:00',
    running: false,
    calls: [],
    files: [],
    fileCount: 0,
    lines: { added: 0, removed: 0 },
    ...more,
  };
}

/**
 * p1: c1 (a, b), c2 by a rule (b2, a command's) and the file r of no call; then what came of no
 * prompt: mine.
 */
export const smallTree: PanelTree = {
  prompts: [
    prompt('p1', {
      title: 'Add a login page',
      calls: [
        call('c1', [panelFile('a'), panelFile('b', { folder: 'docs' })]),
        call('c2', [panelFile('b2', { author: 'shell', name: 'b.ts', folder: 'docs' })], {
          tool: 'execute_bash',
          allowed: 'Trusted command',
          allowedInFull: 'Trusted command: npm *, from settings.json',
        }),
      ],
      files: [panelFile('r', { state: 'undone' })],
    }),
    prompt('others', {
      undoable: false,
      title: 'Outside of prompts',
      files: [panelFile('mine', { author: 'yours' })],
    }),
  ],
  gaps: [],
  canRedo: false,
};

export const twoHunks: FileDetails = {
  type: 'hunks',
  hunks: [
    {
      number: 1,
      standing: 'intact',
      heading: '@@ -1 +1 @@',
      lines: [
        { mark: '-', text: 'old' },
        { mark: '+', text: 'new' },
      ],
      hidden: 0,
    },
    {
      number: 2,
      standing: 'moved',
      heading: '@@ -9 +9 @@',
      lines: [{ mark: '+', text: 'x' }],
      hidden: 7,
    },
  ],
  hidden: 3,
};

export const pictures: FileDetails = {
  type: 'images',
  before: { caption: 'not there' },
  after: { caption: '5 bytes', source: 'data:image/png;base64,AAAA' },
};

/** Who may import whom; CONTRIBUTING.md shows the same as a table. */
const rooms = {
  policy: [],
  protocol: ['policy'],
  files: [],
  settings: ['policy', 'files'],
  history: ['policy', 'protocol', 'files'],
  agents: ['policy', 'protocol', 'files'],
  privacy: ['policy', 'protocol', 'files', 'settings'],
  broker: ['policy', 'history', 'agents', 'protocol', 'files'],
  // Besides the protocol only the one function that names the state folder.
  hook: ['protocol', 'files/stateHome'],
  languageServer: ['policy', 'settings', 'protocol'],
  cli: [
    'policy',
    'settings',
    'history',
    'agents',
    'privacy',
    'protocol',
    'files',
    'broker',
    'hook',
    'languageServer',
  ],
  extension: [
    'policy',
    'settings',
    'history',
    'agents',
    'privacy',
    'protocol',
    'files',
    'broker',
    'languageServer',
  ],
  // Browser code: what it knows of the window are the types of their messages.
  webview: ['protocol'],
};

const boundaries = Object.entries(rooms).map(([room, allowed]) => ({
  name: `${room}-imports`,
  comment: `src/${room} may import: ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: '\\.test\\.ts$' },
  to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})(/|\\.ts$)` },
}));

module.exports = {
  forbidden: [
    ...boundaries,
    {
      name: 'policy-is-pure',
      severity: 'error',
      from: { path: '^src/policy/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      // The server and what reads around a file are the impure shell.
      name: 'language-service-is-pure',
      severity: 'error',
      from: {
        path: '^src/languageServer/',
        pathNot: '(\\.test\\.ts$|/(server|readAgents|readFacts|readText)\\.ts$)',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'hook-has-no-dependencies',
      severity: 'error',
      from: { path: '^src/hook/', pathNot: '\\.test\\.ts$' },
      to: { path: 'node_modules' },
    },
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'no-tests-in-product',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '(\\.test\\.ts$|^test/)' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^dist/|^node_modules/vscode)' },
  },
};

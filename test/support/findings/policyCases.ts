import { USER, PROJECT, HOOK, MCP, EDITOR, command, server, TOKEN, type Case } from './findingCase';

/** Findings in the policy itself. */
export const SETTINGS: readonly Case[] = [
  { code: 'syntax', in: USER, text: '{"production": ‹tru›}' },
  { code: 'wrong-value', in: USER, text: '{"production": ‹"yes"›}' },
  { code: 'wrong-value', in: USER, text: '{"agentAutonomy": ‹"Auto"›}', says: /Supervised/ },
  { code: 'wrong-value', in: USER, text: '{"mcpServers":{"a":{"command":"x","args":‹"y"›}}}' },
  { code: 'unknown-key', in: USER, text: '{‹"workbench.theme"›: 1}' },
  {
    code: 'misspelt-key',
    in: USER,
    text: '{‹"trustedComands"›: ["jest"]}',
    after: '{"trustedCommands": ["jest"]}',
  },
  {
    code: 'misspelt-key',
    in: EDITOR,
    text: '{"editor.fontSize": 1, ‹"checkrein.deniedComands"›: ["jest *"]}',
    after: '{"editor.fontSize": 1, "checkrein.deniedCommands": ["jest *"]}',
  },
  {
    code: 'unknown-field-voids-file',
    in: '/etc/checkrein/policy.json',
    text: '{‹"whatever"›: 1}',
  },
  {
    code: 'duplicate-key',
    in: USER,
    text: '{\n  "production": true, // here\n  ‹"production"›: true\n}\n',
    after: [
      '{\n  "production": true, // here\n}\n'.replace(',', ''),
      '{\n  "production": true\n}\n',
    ],
  },
  {
    code: 'never-trusted',
    in: USER,
    text: '{"trustedCommands": ["jest", ‹"sudo rm *"›]}',
    after: '{"trustedCommands": ["jest"]}',
  },
  {
    code: 'never-trusted',
    in: EDITOR,
    text: '{"kiroAgent.trustedCommands": [‹"rm -rf"›, "jest"]}',
    after: '{"kiroAgent.trustedCommands": ["jest"]}',
  },
  {
    code: 'trusts-any-program',
    in: USER,
    text: '{\n  "trustedCommands": [\n    ‹"bash *"›, // why not\n    // tests\n    "jest"\n  ]\n}',
    after: '{\n  "trustedCommands": [\n    // tests\n    "jest"\n  ]\n}',
  },
  {
    code: 'trusts-everything',
    in: USER,
    text: '{"trustedCommands": [‹"*"›]}',
    after: '{"trustedCommands": []}',
  },
  {
    code: 'trusts-everything',
    in: USER,
    text: '{"trustedTools": [‹"*"›]}',
    after: '{"trustedTools": []}',
  },
  {
    code: 'never-matches',
    in: USER,
    text: '{"trustedCommands": [‹"npm i && npm *"›]}',
    says: /part by part/,
  },
  {
    code: 'never-matches',
    in: USER,
    text: '{"trustedCommands": [‹"git * status"›]}',
    says: /very end/,
  },
  {
    code: 'never-matches',
    in: USER,
    text: '{"trustedCommands": [‹"^npm (test|run)$"›]}',
    says: /regular/,
  },
  {
    code: 'never-matches',
    in: USER,
    text: '{"trustedCommands": [‹"echo \\"a"›]}',
    says: /quotation/,
  },
  {
    code: 'shadowed-by-deny',
    in: USER,
    text: '{"trustedCommands": ["jest", ‹"npm publish --tag x"›], "deniedCommands": ["npm publish *"]}',
    after: '{"trustedCommands": ["jest"], "deniedCommands": ["npm publish *"]}',
  },
  {
    code: 'shadowed-by-deny',
    in: USER,
    text: '{"trustedCommands": [‹"git push"›], "excludeTools": ["run_shell_command(git push)"]}',
    after: '{"trustedCommands": [], "excludeTools": ["run_shell_command(git push)"]}',
  },
  {
    code: 'shadowed-by-deny',
    in: USER,
    text: '{"trustedCommands": [‹"jest *"›]}',
    facts: { denied: [{ effect: 'deny', pattern: 'jest *', source: { file: '/etc/x.json' } }] },
    says: /\/etc\/x\.json/,
    after: '{"trustedCommands": []}',
  },
  {
    code: 'shadowed',
    in: USER,
    text: '{"trustedCommands": [‹"jest --watch"›, "jest *"]}',
    after: '{"trustedCommands": ["jest *"]}',
  },
  {
    code: 'shadowed',
    in: USER,
    text: '{"deniedCommands": ["npm publish *", ‹"npm publish --tag *"›]}',
    after: '{"deniedCommands": ["npm publish *"]}',
  },
  {
    code: 'shadowed',
    in: USER,
    text: '{"secretPaths": ["*.key", ‹"*.key"›]}',
    after: '{"secretPaths": ["*.key"]}',
  },
  {
    code: 'covers-more',
    in: USER,
    text: '{"trustedCommands": [‹"git *"›]}',
    says: /git push --force/,
  },
  {
    code: 'dead-deny',
    in: USER,
    text: '{"deniedCommands": [‹"npm publish"›]}',
    after: '{"deniedCommands": ["npm publish *"]}',
  },
  { code: 'dead-deny', in: USER, text: '{"neverList": [‹"git * --force"›]}' },
  {
    code: 'dead-deny',
    in: EDITOR,
    text: '{"kiroAgent.commandDenylist": [‹"rm -rf *"›]}',
    after: '{"kiroAgent.commandDenylist": ["rm -rf"]}',
  },
  {
    code: 'misspelt-tool',
    in: USER,
    text: '{"excludeTools": [‹"run_shell_comand"›]}',
    after: '{"excludeTools": ["run_shell_command"]}',
  },
  {
    code: 'invalid-entry',
    in: USER,
    text: '{"secretPaths": [‹"a/../b"›]}',
    after: '{"secretPaths": []}',
  },
  {
    code: 'ignored-entry',
    in: USER,
    text: '{"allowedPaths": [‹"data"›]}',
    after: '{"allowedPaths": []}',
  },
  {
    code: 'core-tools-none',
    in: USER,
    text: '{"coreTools": ‹["alll"]›}',
    after: '{"coreTools": ["all"]}',
  },
  { code: 'sandbox-not-enforced', in: USER, text: '{"sandbox": ‹"docker"›}' },
  { code: 'needs-consent', in: PROJECT, text: '{‹"trustedCommands"›: ["jest"]}' },
  { code: 'needs-consent', in: EDITOR, text: '{‹"kiroAgent.trustedTools"›: ["read"]}' },
  {
    code: 'not-from-workspace',
    in: EDITOR,
    text: '{\n  ‹"checkrein.trustedCommands"›: ["jest"],\n  "a": 1\n}',
    after: '{\n  "a": 1\n}',
  },
  { code: 'old-key', in: EDITOR, text: '{‹"kiroAgent.commandDenylist"›: ["rm"]}' },
  {
    code: 'kiro-string-rule',
    in: EDITOR,
    text: '{"kiroAgent.trustedCommands": [‹"npm *"›]}',
    says: /&& rm -rf ~/,
  },
  {
    code: 'trust-all-flag',
    in: EDITOR,
    text: '{"kiroAgent.autoApproveAgentCommands": ‹true›}',
    after: '{"kiroAgent.autoApproveAgentCommands": false}',
  },
];

/** Findings about MCP servers and secrets. */
export const SERVERS: readonly Case[] = [
  {
    code: 'literal-secret',
    in: MCP,
    text: server('"command":"x","env":{"GITHUB_TOKEN":‹"ghp_actualTokenHere"›}'),
    after: server('"command":"x","env":{"GITHUB_TOKEN":"${GITHUB_TOKEN}"}'),
  },
  {
    code: 'literal-secret',
    in: MCP,
    text: server('"url":"https://x","headers":{"Authorization":‹"Bearer abcdef"›}'),
    after: server('"url":"https://x","headers":{"Authorization":"Bearer ${GIT_HUB_TOKEN}"}'),
  },
  {
    code: 'literal-secret',
    in: MCP,
    text: server('"command":"x","args":["--api-key",‹"abcdef"›]'),
    after: server('"command":"x","args":["--api-key","${GIT_HUB_API_KEY}"]'),
  },
  {
    code: 'literal-secret',
    in: MCP,
    text: server('"command":"x","args":["-e",‹"GITHUB_TOKEN=abcdef"›]'),
    after: server('"command":"x","args":["-e","GITHUB_TOKEN=${GITHUB_TOKEN}"]'),
  },
  {
    code: 'literal-secret',
    in: MCP,
    text: server('"url":‹"https://me:abcdef@x.example/"›'),
    after: server('"url":"https://me:${GIT_HUB_PASSWORD}@x.example/"'),
  },
  {
    code: 'maybe-secret',
    in: MCP,
    text: server('"command":"x","env":{"DSN":‹"q8Zp2LmX7vKd0RtYw3HsB5nC"›}'),
    after: server('"command":"x","env":{"DSN":"${DSN}"}'),
  },
  { code: 'secret-in-text', in: HOOK, text: command('Stop', `"curl -H 'X: ‹${TOKEN}›'"`) },
  {
    code: 'variable-not-approved',
    in: MCP,
    text: server('"command":"x","env":{"A":"‹${HERE}›"}'),
    facts: { approvedVariables: ['OTHER'] },
  },
  {
    code: 'auto-approve-all',
    in: MCP,
    text: server('"command":"x","autoApprove":[‹"*"›]'),
    after: server('"command":"x","autoApprove":[]'),
  },
  {
    code: 'server-trusted',
    in: USER,
    text: server('"command":"x","trust":‹true›'),
    after: server('"command":"x","trust":false'),
  },
  {
    code: 'trust-all-flag',
    in: MCP,
    text: server('"command":"kiro-cli","args":["acp",‹"--trust-all-tools"›]'),
    after: server('"command":"kiro-cli","args":["acp"]'),
  },
  { code: 'insecure-url', in: MCP, text: server('"url":‹"http://x.example/mcp"›') },
  { code: 'wrong-place', in: '.kiro/mcp.json', text: '‹{"mcpServers":{}}›' },
  { code: 'server-shape', in: MCP, text: '{"mcpServers":{‹"a"›:{}}}' },
];

/** Findings that depend on the files around. */
export const OTHERS: readonly Case[] = [
  {
    code: 'secrets-not-ignored',
    in: PROJECT,
    text: server('"command":"x","env":{"API_KEY":‹"abcdef"›}'),
    facts: { gitignore: { file: '/work/.gitignore', text: 'dist\n' } },
  },
];

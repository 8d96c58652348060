/** How much a finding matters. Only `error` makes `checkrein lint` fail. */
export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** What is known about a kind of finding; docs/diagnostics.md is made from this. */
export interface RuleInfo {
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  /** What the quick fix does; absent where only a person can tell. */
  readonly fix?: string;
}

const rule = (severity: Severity, title: string, why: string, fix?: string): RuleInfo => ({
  ...{ severity, title, why },
  ...(fix !== undefined && { fix }),
});

/** Every finding there is. A code, once published, keeps its meaning. */
export const RULES = {
  // The text itself.
  syntax: rule(
    'error',
    'The file is not valid JSON or YAML',
    'An agent that cannot read a file goes on without it, or denies everything.',
  ),
  unreadable: rule(
    'error',
    'The file cannot be read',
    'It is no regular file, larger than 4 MB or not UTF-8. What it says is not known, so nothing in it was checked.',
  ),
  'strict-json': rule(
    'warning',
    'A comment or a trailing comma in a file that may be read as strict JSON',
    'Kiro CLI reads agent files and managed settings as strict JSON; what it does with comments in the others is not documented.',
    'Takes the comma or the comment out.',
  ),
  'byte-order-mark': rule(
    'error',
    'The file begins with a byte order mark',
    'Kiro documents that managed-settings.json must be UTF-8 without one; a file it cannot read denies every tool call.',
    'Takes it out.',
  ),
  'too-large': rule(
    'error',
    'The file, or a text in it, is too large to be looked through',
    'What was left out may be the worst of it. A policy of this size is not for people.',
  ),
  'too-many': rule(
    'error',
    'More findings or entries than can be looked at',
    'The rest was left out, and may be worse. Mend what is shown first.',
  ),
  'duplicate-key': rule(
    'error',
    'The same key stands twice in one object',
    'Parsers disagree on which of the two counts, so the file may say two things at once. Checkrein does not use such a file.',
    'Takes one of the two out.',
  ),
  'wrong-value': rule(
    'error',
    'A value of a wrong type, or not one of the values there are',
    'The whole file does not count then: half a policy is worse than none.',
  ),
  'unknown-key': rule(
    'warning',
    'A key that is not known here',
    'It has no effect that Checkrein knows of.',
  ),
  'misspelt-key': rule(
    'error',
    'A key that is most likely a misspelling',
    'A misspelt key has no effect, and what it was meant to forbid stays allowed. Checkrein does not use such a file.',
    'Writes the known key.',
  ),
  'unknown-field-voids-file': rule(
    'error',
    'A field that voids the whole file',
    'Kiro rejects a permissions.yaml, a managed-settings.json or an agent file with a field that it does not know: none of its rules count then.',
    'Writes the nearest known field, if there is one.',
  ),

  'never-trusted': rule(
    'warning',
    'A trusted pattern that no list can trust',
    'Commands of the never list always ask. The entry has no effect in Checkrein, but Kiro 0.x would run the command unasked.',
    'Removes the entry.',
  ),
  'trusts-any-program': rule(
    'warning',
    'A pattern that trusts whatever a shell, an interpreter or a wrapper is told to run',
    'Such a pattern is as wide as `*`.',
    'Removes the entry.',
  ),
  'trusts-everything': rule(
    'warning',
    'Every command is trusted',
    'With `*` only the never list, protected paths and secret files still ask.',
    'Removes the entry.',
  ),
  'never-matches': rule(
    'warning',
    'A pattern that matches no command',
    'Only a star at the very end is a wildcard, and a pattern is one simple command: chains and pipes are judged part by part.',
  ),
  'dead-deny': rule(
    'warning',
    'A rule that denies less than it says, or nothing',
    'The agent compares in a way under which this entry never or hardly ever matches: what it seems to forbid is allowed.',
    'Writes the entry so that it covers the command with any arguments, where that is certain.',
  ),
  'shadowed-by-deny': rule(
    'warning',
    'A trusted entry that a denied or excluded one always beats',
    'Deny comes before ask before allow, in every place. The entry has no effect.',
    'Removes the entry.',
  ),
  shadowed: rule(
    'information',
    'An entry that another one already covers',
    'It changes nothing, and hides how wide the other one is.',
    'Removes the entry.',
  ),
  'covers-more': rule(
    'information',
    'A pattern that covers more than it seems to',
    'The examples named in the message were judged with this pattern alone: they would run unasked.',
  ),

  // Tools and the other keys of the policy.
  'misspelt-tool': rule(
    'warning',
    'No agent has a tool of this name',
    'A rule about a tool that does not exist has no effect.',
    'Writes the nearest tool.',
  ),
  'invalid-entry': rule(
    'error',
    'An entry that cannot be used',
    'An entry of a list that forbids or asks cannot be left out unnoticed: until it is mended, every call asks.',
  ),
  'ignored-entry': rule(
    'warning',
    'An entry that does not count',
    'An entry of a list that allows is left out when it cannot be used.',
    'Removes the entry.',
  ),
  'core-tools-none': rule(
    'error',
    '"coreTools" names no tool that exists',
    'The list limits which tools may run at all. With no known tool in it, every call is denied.',
    'Writes the nearest tool, where there is one.',
  ),
  'sandbox-not-enforced': rule(
    'warning',
    'No sandbox is enforced',
    'Neither Kiro nor Checkrein starts a sandbox for this key: commands ask instead.',
  ),
  'needs-consent': rule(
    'information',
    'A repository loosens the policy here',
    'This has no effect until a person approved exactly this content, in a trusted workspace.',
  ),
  'not-from-workspace': rule(
    'warning',
    'A setting that no workspace can make',
    'The editor takes it from the user settings alone: a repository must not loosen the policy. It has no effect here.',
    'Removes the setting.',
  ),
  'old-key': rule(
    'information',
    'Kiro 1.0 and later do not read this key',
    'Only Kiro 0.x does. Checkrein counts it in every version.',
  ),
  'kiro-string-rule': rule(
    'warning',
    'Kiro 0.x compares this entry as text',
    'It looks at the whole line, not at its commands: `npm *` also trusts `npm i && rm -rf ~`.',
  ),
  'trust-all-flag': rule(
    'warning',
    'An agent is started or set so that it asks for nothing',
    'Flags such as `--trust-all-tools` let every tool call pass; Kiro CLI 2 then passes over denied commands as well.',
    'Removes the flag or sets the key to false.',
  ),

  // MCP servers and secrets.
  'literal-secret': rule(
    'error',
    'A secret stands in the file',
    'Whoever reads the file, agents and repositories among them, has the secret. Name a variable instead.',
    'Writes `${NAME}`; the title says what to export.',
  ),
  'secret-in-text': rule(
    'error',
    'Text of the form of a published token format',
    'Issuers publish the forms of their tokens so that they can be found. Whoever reads the file has the secret.',
  ),
  'maybe-secret': rule(
    'information',
    'A value that looks random under a name that sounds secret',
    'Only the look of it speaks for a secret: check it.',
    'Writes `${NAME}`; the title says what to export.',
  ),
  'variable-not-approved': rule(
    'warning',
    'A variable that Kiro does not expand',
    'Kiro expands `${NAME}` only for names in "kiroAgent.mcpApprovedEnvVars"; otherwise the server gets the text itself.',
  ),
  'secrets-not-ignored': rule(
    'error',
    'A file with a secret that git does not ignore',
    'The next commit publishes the secret.',
    'Adds the file to .gitignore.',
  ),
  'shared-files-ignored': rule(
    'information',
    'Git ignores files of .kiro that are meant to be shared',
    'Steering, hooks and specs are knowledge of the project. Only settings.json and caches should be ignored.',
    'Ignores settings and caches instead.',
  ),
  'auto-approve-all': rule(
    'warning',
    'Every tool of an MCP server is approved',
    'Tools that the server adds later are approved as well. Whether Kiro reads the key differs by version.',
    'Approves none.',
  ),
  'server-trusted': rule(
    'warning',
    'Calls to this MCP server are not confirmed',
    'Gemini CLI asks for nothing when "trust" is true.',
    'Sets it to false.',
  ),
  'insecure-url': rule(
    'warning',
    'An MCP server is reached without encryption',
    'Headers with tokens travel as plain text. Only loopback addresses may be plain http.',
  ),
  'server-shape': rule(
    'error',
    'An MCP server with neither command nor address, or with both',
    'The agent cannot start it, or picks one of the two.',
  ),

  'wrong-place': rule(
    'error',
    'Kiro does not read this file here',
    'Permissions of a workspace belong outside the repository; a copy inside is silently ignored, with every deny in it. MCP servers belong in .kiro/settings/mcp.json.',
  ),
  'unknown-capability': rule(
    'warning',
    'A rule about something that Kiro does not know',
    'Kiro skips the rule and keeps the others.',
    'Writes the capability that is meant, where it is certain.',
  ),
  'allow-everything': rule(
    'warning',
    'A rule or policy that allows everything',
    'Without "match" a rule is about everything of its capability.',
  ),
  'managed-allow': rule(
    'error',
    'Managed settings can only deny or ask',
    'A managed-settings.json with an allow rule is rejected, and then every tool call is denied.',
    'Writes ask.',
  ),
  'line-too-long': rule(
    'warning',
    'A line of 80 or more characters',
    "Kiro's own writer wraps long lines, and a wrapped rule no longer matches.",
  ),
  'compound-rule': rule(
    'warning',
    'A shell rule with more than one command',
    'Kiro splits a command at `;`, `&&`, `||` and `|` and judges each part, so the rule matches nothing.',
  ),
  'not-a-regex': rule(
    'warning',
    'A regular expression where Kiro takes a glob',
    'In rules about shell, web and MCP only `*` has a meaning. Everything else stands for itself.',
  ),

  'unknown-trigger': rule(
    'error',
    'A trigger that Kiro does not know',
    'Kiro ignores such a hook without a word.',
    'Writes the nearest trigger.',
  ),
  'hook-without-matcher': rule(
    'information',
    'A tool hook without a matcher',
    'It runs for every tool call. If that is meant, write `"*"`.',
    'Adds `"matcher": "*"`.',
  ),
  'hook-bad-regex': rule(
    'error',
    'A matcher that is no regular expression',
    'Kiro ignores a hook whose matcher does not compile.',
  ),
  'hook-never-matches': rule(
    'warning',
    'A matcher that matches no tool',
    'A matcher sees the name of the tool, never the text of a command.',
  ),
  'hook-place': rule(
    'error',
    'A hook file that Kiro does not load from here',
    'Sub-folders of .kiro/hooks and symbolic links are passed over without a word.',
  ),
  'hook-answer-ignored': rule(
    'warning',
    'A hook that answers in a way that Kiro ignores',
    'Only exit code 2 blocks. JSON on standard output does not deny; in some versions it does nothing at all.',
  ),
  'hook-cannot-block': rule(
    'warning',
    'A hook that cannot stop a tool call',
    'Kiro 0.x gives its hooks no input, other triggers run after the fact, and a prompt asks the model, not a person.',
  ),
  'hook-timeout': rule(
    'warning',
    'A time limit that lets the call through',
    'A hook that runs out of time does not block. Kiro documents 60 s; what counts above is not clear, and 0 means none.',
  ),
  'hook-workspace-program': rule(
    'warning',
    'A guard that runs a program of the workspace',
    'The agent that is held by the hook can rewrite the program.',
  ),
  'hook-home-path': rule(
    'information',
    "A shared hook with a path of one person's home folder",
    'On every other machine the program is missing, and a hook that cannot start blocks nothing.',
  ),
  'hook-cached': rule(
    'warning',
    'A guard whose answer is remembered',
    'While an earlier answer counts, Kiro CLI 2 does not run the hook, whatever the next call is.',
    'Sets it to 0.',
  ),
  'hook-duplicate': rule(
    'information',
    'The same hook stands twice',
    'Both run at every call.',
    'Removes the second one.',
  ),
  'shell-pattern-in-hook': rule(
    'warning',
    'A hook that downloads and runs a program, or destroys files',
    'A hook runs unasked whenever its trigger fires.',
  ),

  // Agents of Kiro CLI.
  'agent-regex-anchored': rule(
    'warning',
    'An expression that must match the whole command line',
    'Kiro CLI 2 anchors it at both ends: `rm -rf` denies only this very text and no `rm -rf src`.',
    'Adds `( .*)?`.',
  ),
  'agent-regex-invalid': rule(
    'error',
    'An expression that does not compile',
    'Among denied commands it makes Kiro CLI 2 deny every command; among allowed ones it is passed over.',
  ),
  'agent-regex-wide': rule(
    'warning',
    'An expression that allows more than it seems to',
    'It matches the text of the whole line.',
  ),
  'agent-tool-not-available': rule(
    'warning',
    'A tool is allowed or set up that the agent does not have',
    'The entry has no effect until the tool is in "tools".',
  ),
  'agent-skipped': rule(
    'information',
    'Kiro CLI 3 passes over this agent',
    'An agent file with "allowedTools" or "toolsSettings" and no "permissions" belongs to version 2.',
  ),
  'agent-without-words': rule(
    'hint',
    'An agent without a name or without a prompt',
    'It is started by the name of its file, or does what the default agent does.',
  ),
  'agent-incomplete': rule(
    'warning',
    'The agent misses something',
    'Without it the agent does nothing, or not what is meant.',
  ),
  'bad-resource': rule(
    'warning',
    'A resource that Kiro CLI cannot load',
    'Resources begin with `file://` or `skill://`.',
  ),

  'steering-front-matter': rule(
    'warning',
    'A steering file whose head cannot be used',
    'Kiro then includes the file always, without a word, whatever its head says.',
    'Writes the nearest mode, where there is one.',
  ),
  'steering-incomplete': rule(
    'warning',
    'A steering file that is never included, or says nothing',
    '`fileMatch` needs "fileMatchPattern"; `auto` needs "name" and "description".',
  ),

  'ignore-not-honoured': rule(
    'warning',
    'Kiro does not read this ignore file',
    'The IDE honours only the files that "kiroAgent.agentIgnoreFiles" names.',
  ),
  'ignore-no-guard': rule(
    'information',
    'Ignoring a secret file does not protect it',
    'Shell commands read ignored files all the same. Use "secretPaths" of the policy as well.',
  ),
  'ignore-never-matches': rule(
    'warning',
    'A line that ignores nothing',
    'The syntax is that of .gitignore: paths are relative, with forward slashes.',
    'Writes the path as it is meant.',
  ),
} as const satisfies Record<string, RuleInfo>;

/** Names one kind of finding, in diagnostics, SARIF and the documentation. */
export type RuleCode = keyof typeof RULES;

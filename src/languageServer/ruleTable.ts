import { KIRO_RULES } from './kiroRuleTable';
import { rule, type RuleInfo } from './ruleInfo';

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

  ...KIRO_RULES,
} as const satisfies Record<string, RuleInfo>;

/** Names one kind of finding, in diagnostics, SARIF and the documentation. */
export type RuleCode = keyof typeof RULES;

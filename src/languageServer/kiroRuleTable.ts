import { rule, type RuleInfo } from './ruleInfo';

/** The findings in Kiro's own files: permissions, hooks, agents, steering, ignore files. */
export const KIRO_RULES = {
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
  'subagent-missing': rule(
    'warning',
    'An agent that does not exist is named',
    "Neither the folder of the file nor the person's own has an agent of this name, so nobody takes the work.",
    'Writes the nearest name, where there is one.',
  ),
  'subagent-wider': rule(
    'warning',
    'An agent may start one that does more unasked than itself',
    'Whoever misleads the first agent gets at the tools of the second.',
  ),
  'subagent-narrower': rule(
    'hint',
    'An agent has a broader scope than the agent that it names',
    'That the other agent is held back is no protection: the first one can do the work itself.',
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

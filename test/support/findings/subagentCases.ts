import { AGENT, type Case } from './findingCase';

/** Agents that name other agents. */
export const SUBAGENTS: readonly Case[] = [
  {
    code: 'subagent-missing',
    in: AGENT,
    text: '{"tools":["subagent"],"permissions":{},"toolsSettings":{"subagent":{"availableAgents":["writer",‹"reviwer"›,"review-*"]}}}',
    after:
      '{"tools":["subagent"],"permissions":{},"toolsSettings":{"subagent":{"availableAgents":["writer","reviewer","review-*"]}}}',
    facts: { agents: [{ name: 'reviewer' }, { name: 'writer' }] },
  },
  {
    code: 'subagent-missing',
    in: AGENT,
    text: '{"tools":["subagent","@git"],"prompt":"Mail a@writter.io, read @types/node and @git.\\nThen ask ‹@writter›."}',
    after:
      '{"tools":["subagent","@git"],"prompt":"Mail a@writter.io, read @types/node and @git.\\nThen ask @writer."}',
    facts: { agents: [{ name: 'writer' }] },
  },
  {
    code: 'subagent-missing',
    in: AGENT,
    text: '{"tools":["*"],"prompt":"‹@nobody› does it"}',
    facts: { agents: [] },
  },
  {
    code: 'subagent-wider',
    in: AGENT,
    text: '{"tools":["read","subagent"],"prompt":"Ask ‹@writer› and @writer"}',
    says: /"write" unasked/,
    facts: { agents: [{ name: 'Writer', tools: ['*'], allowedTools: ['fs_write', 'read'] }] },
  },
  {
    code: 'subagent-narrower',
    in: AGENT,
    text: '{"tools":["read","execute_bash","use_subagent"],"permissions":{},"toolsSettings":{"subagent":{"trustedAgents":[‹"reader"›]}}}',
    says: /"shell" besides/,
    facts: { agents: [{ name: 'reader', tools: ['fs_read'] }] },
  },
];

/** Names of Kiro CLI that stand for one tool. */
const SAME: Readonly<Record<string, string>> = {
  ...{ fs_read: 'read', fs_write: 'write', use_aws: 'aws' },
  ...{ execute_bash: 'shell', execute_cmd: 'shell' },
  ...{ use_subagent: 'subagent', delegate: 'subagent' },
};

/** The one name of a tool that has several. */
export function sameName(name: string): string {
  return Object.hasOwn(SAME, name) ? (SAME[name] ?? name) : name;
}

/** Whether a list of tools has a tool in it, both as `sameName` gives them. */
export function hasTool(name: string, tools: readonly string[]): boolean {
  const server = name.startsWith('@') ? name.split('/')[0] : undefined;
  return tools.some(
    tool =>
      tool === '*' ||
      tool === name ||
      tool === server ||
      (tool === '@builtin' && server === undefined) ||
      tool.includes('*'),
  );
}

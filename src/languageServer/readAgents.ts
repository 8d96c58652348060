import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import { textIfAny } from './readText';
import type { KnownAgent } from './workspaceFacts';

/** More agents than anybody has. */
const MAX_AGENTS = 200;

/**
 * The agents that stand in folders, by file and by the name that they give themselves. Undefined
 * where there are more than are read: then it is not known which agents there are.
 */
export function readAgents(folders: readonly string[]): readonly KnownAgent[] | undefined {
  const files = folders.flatMap(folder => filesIn(folder).map(name => join(folder, name)));
  return files.length > MAX_AGENTS ? undefined : files.flatMap(agentsIn);
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter(name => /\.(?:json|md)$/.test(name));
  } catch {
    return [];
  }
}

function agentsIn(file: string): readonly KnownAgent[] {
  const base = file.replace(/^.*[\\/]/, '').replace(/\.(?:json|md)$/, '');
  const text = textIfAny(file) ?? '';
  if (file.endsWith('.md')) {
    const head = /^---\r?\n([^]{0,4000}?)\n---/.exec(text)?.[1] ?? '';
    const name = /^name:[ \t]*["']?([\w-]{1,64})/m.exec(head)?.[1] ?? base;
    return [base, name].map(known => ({ name: known }));
  }
  const agent = fieldsOf(text);
  const tools = textsOf(agent['tools']);
  const allowedTools = textsOf(agent['allowedTools']);
  const lists = { ...(tools && { tools }), ...(allowedTools && { allowedTools }) };
  const name = typeof agent['name'] === 'string' ? agent['name'] : base;
  return [base, name].map(known => ({ name: known, ...lists }));
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    // Nesting that no person writes exhausts the parser's stack.
    return {};
  }
}

function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : undefined;
}

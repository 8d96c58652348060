import type { ShellDialect } from '../../policy/toolCall';
import type { Finding } from '../finding';
import type { PolicyFile } from '../fileKinds';
import type { SyntaxNode } from '../syntaxTree';
import type { WorkspaceFacts } from '../workspaceFacts';

/** What a family of rules looks at. */
export interface RuleInput {
  readonly file: PolicyFile;
  readonly text: string;
  readonly root: SyntaxNode | undefined;
  readonly facts: WorkspaceFacts;
  /** True where the file is YAML, whose entries are taken out by whole lines. */
  readonly yaml: boolean;
}

/** A family of rules: what it finds, in any order. */
export type RuleFamily = (input: RuleInput) => Iterable<Finding>;

/** Patterns are one for all systems; as in the settings they are judged as bash reads them. */
export const DIALECT: ShellDialect = 'bash';

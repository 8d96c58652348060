import * as vscode from 'vscode';
import type { Policy } from '../../policy/policy';
import type { KiroPlaces } from '../../settings/kiro/findTargets';
import type { TrustLists } from '../../settings/kiro/trustLists';

const STORED = 'kiroListsOurs';
const NOTHING: TrustLists = { trustedCommands: [], commandDenylist: [] };
const KEYS = ['trustedCommands', 'commandDenylist'] as const;

/** The lists of Kiro 0.x, which live in the editor's settings and have no meaning elsewhere. */
export class KiroLists {
  constructor(private readonly memento: vscode.Memento) {}

  /** True in a Kiro that still declares these settings. */
  get exist(): boolean {
    const configuration = vscode.workspace.getConfiguration('kiroAgent');
    return configuration.inspect('trustedCommands')?.defaultValue !== undefined;
  }

  /** Writes what counts everywhere; a person's own entries stay, in their order. */
  async write(policy: Policy, places: KiroPlaces): Promise<void> {
    const { nowhereOf } = await import('../../settings/kiro/findTargets');
    const { planTrustLists } = await import('../../settings/kiro/trustLists');
    const formerly = this.memento.get<TrustLists>(STORED, NOTHING);
    const current = currentLists();
    const { after, ours } = planTrustLists(policy, nowhereOf(places), current, formerly);
    // Kept first: whatever comes between, a later removal knows what was ours.
    await this.memento.update(STORED, ours);
    await store(after);
  }

  /** Takes out exactly what was written. */
  async remove(): Promise<void> {
    const ours = this.memento.get<TrustLists>(STORED, NOTHING);
    const current = currentLists();
    const without = (key: (typeof KEYS)[number]): readonly string[] =>
      current[key].filter(entry => !ours[key].includes(entry));
    await store({
      trustedCommands: without('trustedCommands'),
      commandDenylist: without('commandDenylist'),
    });
    await this.memento.update(STORED, undefined);
  }
}

function currentLists(): TrustLists {
  const configuration = vscode.workspace.getConfiguration('kiroAgent');
  const list = (key: string): readonly string[] => {
    const value: unknown = configuration.inspect(key)?.globalValue;
    return Array.isArray(value) ? value.filter(entry => typeof entry === 'string') : [];
  };
  return { trustedCommands: list('trustedCommands'), commandDenylist: list('commandDenylist') };
}

async function store(lists: TrustLists): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('kiroAgent');
  for (const key of KEYS) {
    await configuration.update(key, lists[key], vscode.ConfigurationTarget.Global);
  }
}

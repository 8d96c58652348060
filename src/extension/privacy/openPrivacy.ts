import type * as vscode from 'vscode';
import type { StateFolders } from '../../files/stateHome';
import { realNetwork } from '../../privacy/network/tlsProbe';
import type { AgentHooks } from '../agentHooks';
import { COMMANDS, type PRIVACY_COMMANDS } from '../commandIds';
import type { VirtualTexts } from '../virtualTexts';
import { browseChats } from './chatCommands';
import { showCodeReferences } from './codeReferences';
import { checkFirewall } from './networkCommand';
import { PostureTree } from './postureTree';
import { PrivacyPanel } from './privacyPanel';
import { PrivacySwitches } from './privacySwitches';
import { tellOutcome } from './tellOutcome';
import { windowPosture } from './windowPosture';

interface PrivacyParts {
  readonly folders: StateFolders;
  readonly hooks: AgentHooks;
  readonly texts: VirtualTexts;
  readonly onError: (error: unknown) => void;
}

type PrivacyCommandId = (typeof PRIVACY_COMMANDS)[keyof typeof PRIVACY_COMMANDS];

/** Everything about privacy and posture in a window: its commands and what has to be disposed of. */
export interface Privacy {
  readonly commands: Record<PrivacyCommandId, (...args: never[]) => unknown>;
  readonly disposables: readonly { dispose(): void }[];
}

/** Makes the panel of switches and the posture view, and gives their commands. */
export function openPrivacy(
  { globalState: memento, extensionUri }: vscode.ExtensionContext,
  { folders, hooks, texts, onError }: PrivacyParts,
): Privacy {
  const switches = new PrivacySwitches({ folders, memento });
  const panel = new PrivacyPanel({ extensionUri, switches, onError });
  const posture = new PostureTree({ folders, texts, look: () => windowPosture(hooks) });
  type Row = Parameters<PostureTree['open']>[0];
  return {
    disposables: [switches, panel, posture],
    commands: {
      [COMMANDS.showPrivacy]: () => panel.show(),
      [COMMANDS.optOut]: async () => tellOutcome(await switches.optOut(), switches),
      [COMMANDS.checkPosture]: () => posture.check(),
      [COMMANDS.openPostureReport]: () => posture.openReport(),
      [COMMANDS.openFinding]: (row?: Row) => posture.open(row),
      [COMMANDS.mendFinding]: (row?: Row) => posture.mend(row),
      [COMMANDS.checkNetwork]: () => checkFirewall(texts, realNetwork()),
      [COMMANDS.browseChats]: () => browseChats(texts),
      [COMMANDS.codeReferences]: () => showCodeReferences(switches),
    },
  };
}

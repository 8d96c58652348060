import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { plainText } from '../../policy/visibleText';
import type { PrivacyMessage, PrivacyRequest, PrivacyView } from '../../protocol/privacyPanel';
import type { SwitchReading } from '../../privacy/switches/readSwitch';
import { PanelFrame } from '../panel/panelFrame';
import { openPlace } from './openPlace';
import { parsePrivacyRequest } from './privacyRequests';
import type { PrivacySwitches, SwitchOutcome } from './privacySwitches';
import { privacyView } from './privacyView';
import { privacyStrings, sayOutcome } from './privacyWords';
import { isKiro } from './windowPlaces';

/** Where the vendor keeps the switch of the autonomous agent. */
const AUTONOMOUS_AGENT_SETTINGS = 'https://app.kiro.dev/agent/settings';
/** How often the files are looked at while the panel is in sight. */
const LOOK_EVERY_MS = 700;

interface PrivacyPanelParts {
  readonly extensionUri: vscode.Uri;
  readonly switches: PrivacySwitches;
  readonly onError: (error: unknown) => void;
}

/** The page that is in sight, and what it was last told. */
interface Page {
  readonly post: (message: PrivacyMessage) => void;
  shown?: PrivacyView;
}

/** The panel "Privacy": every switch as its file has it now, whoever changed the file. */
export class PrivacyPanel implements vscode.Disposable {
  readonly #frame: PanelFrame;
  readonly #subscriptions: readonly vscode.Disposable[];
  #page: Page | undefined;

  constructor(private readonly parts: PrivacyPanelParts) {
    const { extensionUri, switches } = parts;
    this.#frame = new PanelFrame(
      {
        ...{ viewType: 'checkrein.privacy', bundle: 'privacy', extensionUri },
        title: () => vscode.l10n.t('Checkrein: Privacy'),
      },
      {
        onMessage: (message, post) => this.#receive(message, post),
        onGone: () => {
          this.#page = undefined;
        },
      },
    );
    const timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#subscriptions = [
      new vscode.Disposable(() => clearInterval(timer)),
      switches.onDidChange(() => this.#look()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#look()),
    ];
  }

  /** "Privacy": opens the panel or brings it to the front. */
  show(): void {
    this.#frame.show();
  }

  dispose(): void {
    this.#frame.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #receive(message: unknown, post: (message: PrivacyMessage) => void): void {
    const request = parsePrivacyRequest(message);
    if (!request) {
      this.parts.onError(new Error('the privacy panel asked for something unknown'));
      return;
    }
    if (request.type === 'ready') {
      post({ type: 'start', strings: privacyStrings() });
      this.#page = { post };
      this.#look();
      return;
    }
    this.#do(request).catch((error: unknown) => {
      this.parts.onError(error);
      this.#announce(vscode.l10n.t('That did not work; the log “Checkrein” has the reason.'));
    });
  }

  /** Tells the page what has changed since it was last told. */
  #look(): void {
    const page = this.#page;
    if (!page) return;
    const { switches } = this.parts;
    const view = privacyView(switches.read(), {
      record: switches.record,
      undo: switches.latest?.title,
      inKiro: isKiro(),
    });
    if (isDeepStrictEqual(view, page.shown)) return;
    page.shown = view;
    page.post({ type: 'view', view });
  }

  async #do(request: Exclude<PrivacyRequest, { type: 'ready' }>): Promise<void> {
    const { switches } = this.parts;
    switch (request.type) {
      case 'switch':
        this.#tell(await switches.set(this.#find(request.row).row.id, request.on));
        return;
      case 'optOut':
        this.#tell(await switches.optOut());
        return;
      case 'undo':
        return this.#undo();
      case 'open':
        return openPlaceOf(this.#find(request.row));
      case 'openAgentSettings':
        await vscode.env.openExternal(vscode.Uri.parse(AUTONOMOUS_AGENT_SETTINGS));
        return;
      case 'recordAgent':
        if (request.done) switches.note({ autonomousAgentOptedOut: new Date().toISOString() });
        else switches.forgetAgent();
        return;
      case 'recordPlan':
        switches.note({ enterprisePlan: request.enterprise });
    }
  }

  #find(id: string): SwitchReading {
    const reading = this.parts.switches.read().find(({ row }) => row.id === id);
    if (!reading) throw new Error('the privacy panel named a row that does not exist');
    return reading;
  }

  #tell(outcome: SwitchOutcome): void {
    const { done, problems } = sayOutcome(outcome);
    this.#announce([done, problems].filter(text => text !== '').join(' '));
    if (problems !== '') void vscode.window.showErrorMessage(problems);
  }

  async #undo(): Promise<void> {
    const { switches } = this.parts;
    const step = switches.latest;
    if (!step) return;
    const faults = plainText((await switches.undo(step)).join(' '));
    this.#announce(faults === '' ? vscode.l10n.t('Taken back.') : faults);
    if (faults !== '') void vscode.window.showErrorMessage(faults);
  }

  #announce(text: string): void {
    this.#page?.post({ type: 'announce', text });
  }
}

/** In Kiro its own settings editor shows the setting; elsewhere the file has it. */
async function openPlaceOf({ row, file, line }: SwitchReading): Promise<void> {
  const setting = row.names.find(({ kind }) => kind === 'current')?.path.join('.');
  if (isKiro() && row.place === 'ideSettings' && setting !== undefined) {
    await vscode.commands.executeCommand('workbench.action.openSettings', `@id:${setting}`);
  } else if (file) await openPlace(file.path, line);
}

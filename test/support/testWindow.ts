import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentReport } from '../../src/agents/agent';
import { ApprovalDesk, type ApprovalAnswer, type WaitingCall } from '../../src/broker/approvalDesk';
import { hookCommands, installHookClient } from '../../src/broker/hookLauncher';
import type { GateHistory, ReportEvent } from '../../src/broker/toolCallGate';
import { WindowBroker } from '../../src/broker/windowBroker';
import { ensureOwnerOnlyFolder } from '../../src/files/ownerOnly';
import { stateFolders, type StateFolders } from '../../src/files/stateHome';
import { Journal } from '../../src/history/journal';
import type { Rule } from '../../src/policy/decision';
import { INITIAL_MODE, modeInEffect, type Mode, type ModeState } from '../../src/policy/mode';
import { EMPTY_POLICY, type Policy } from '../../src/policy/policy';

const DIST = join(import.meta.dirname, '../../dist');

/** A scratch folder with a state folder and a workspace in it; both are removed by `dispose`. */
export interface TestPlace {
  readonly folders: StateFolders;
  readonly workspace: string;
  readonly dispose: () => void;
  /** The command line an installed hook would have. */
  readonly command: (agent?: string, limitSeconds?: number) => string;
}

export function testPlace(): TestPlace {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'checkrein-test-')));
  const folders = stateFolders(join(scratch, 'state'));
  const workspace = join(scratch, 'work space');
  ensureOwnerOnlyFolder(workspace);
  installHookClient({ folders, node: process.execPath, bundles: DIST, platform: 'linux' });
  return {
    folders,
    workspace,
    dispose: () => rmSync(scratch, { recursive: true, force: true }),
    command: (id = 'kiro', limitSeconds = 60) =>
      hookCommands(folders, 'linux', { id, limitSeconds }).decide,
  };
}

/** A real broker, with the person played by the test. */
export interface TestWindow {
  readonly desk: ApprovalDesk;
  readonly broker: WindowBroker;
  /** What agents reported besides the calls to decide. */
  readonly reports: readonly AgentReport[];
  /** Resolves with the next call that waits for the person. */
  readonly nextWaiting: () => Promise<WaitingCall>;
  readonly answer: (ticket: string, answer: ApprovalAnswer) => void;
  setMode(mode: Mode): void;
  setTrusted(...patterns: string[]): void;
}

export async function openWindow(
  place: TestPlace,
  {
    roots = [place.workspace],
    trusted = [] as string[],
    start = true,
    history = NO_HISTORY,
    onReport = (_event: ReportEvent): unknown => undefined,
  } = {},
): Promise<TestWindow> {
  const desk = new ApprovalDesk();
  const reports: AgentReport[] = [];
  let mode: ModeState = { ...INITIAL_MODE, restricted: false };
  let trustedCommands = toRules(trusted);
  const policyOf = (): Policy => ({ ...EMPTY_POLICY, commands: { trusted: trustedCommands } });
  const broker = new WindowBroker({
    folders: place.folders,
    desk,
    journal: new Journal(place.folders.journal),
    history,
    view: () => ({
      policy: policyOf(),
      state: {
        mode: modeInEffect(mode, 0),
        paths: { roots, home: '/home/nobody', stateHome: place.folders.home },
      },
    }),
    lastingPolicy: policyOf,
    onDecided: () => undefined,
    onReport: event => {
      reports.push(event.report);
      onReport(event);
    },
    onError: error => {
      throw error;
    },
  });
  if (start) await broker.start();
  return {
    desk,
    broker,
    reports,
    nextWaiting: () => nextWaiting(desk),
    answer: (ticket, answer) => desk.answer(ticket, answer),
    setMode: next => {
      mode = { ...mode, mode: next };
      if (next === 'interrupted') desk.denyAll('A person has interrupted the agent.');
      broker.refresh();
    },
    setTrusted: (...patterns) => {
      trustedCommands = toRules(patterns);
      broker.refresh();
    },
  };
}

/** Where a test is not about undo. */
const NO_HISTORY: GateHistory = {
  losses: () => Promise.resolve([]),
  beforeAllowed: () => Promise.resolve(),
};

function toRules(patterns: readonly string[]): Rule[] {
  return patterns.map(pattern => ({ effect: 'allow', pattern, source: { file: 'test' } }));
}

function nextWaiting(desk: ApprovalDesk): Promise<WaitingCall> {
  return new Promise(resolve => {
    const look = (): void => {
      const call = desk.waiting().find(({ live }) => live);
      if (!call) return;
      stop();
      resolve(call);
    };
    const stop = desk.onDidChange(look);
    look();
  });
}

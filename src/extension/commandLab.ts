import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { decide } from '../policy/decide';
import type { Decision, Effect, Rule } from '../policy/decision';
import { judgeCommand } from '../policy/commands/judgeCommand';
import type { CommandVerdict } from '../policy/commands/commandVerdict';
import type { DecisionState, Policy } from '../policy/policy';
import type { ShellDialect, ToolCall } from '../policy/toolCall';
import { makeVisible } from '../policy/visibleText';
import { openPlace, type Place } from './policy/openPlace';
import { quickText } from './quickText';

interface LabItem extends vscode.QuickPickItem {
  /** Where the rule stands that decides here. */
  readonly place?: Place;
}

/** The policy and state that a command would meet now. */
type View = () => { readonly policy: Policy; readonly state: DecisionState };

const DIALECTS: readonly { readonly dialect: ShellDialect; readonly name: string }[] = [
  { dialect: 'bash', name: 'bash' },
  { dialect: 'powershell', name: 'PowerShell' },
  { dialect: 'cmd', name: 'cmd' },
];

/**
 * "Try a Command...": says, as one types, what would happen if an agent ran the command now, part
 * by part. It runs nothing, and decides as for an agent, but does not follow links on the disk.
 */
export function tryCommand(view: View): void {
  const pick = vscode.window.createQuickPick<LabItem>();
  let shell = process.platform === 'win32' ? 1 : 0;
  const render = (): void => {
    const { dialect, name } = DIALECTS[shell] ?? { dialect: 'bash', name: 'bash' };
    pick.placeholder = vscode.l10n.t('A command line for {0}', name);
    pick.items = pick.value.trim() === '' ? [] : itemsFor(pick.value, dialect, view());
  };
  pick.title = vscode.l10n.t('What would happen if an agent ran this?');
  pick.buttons = [
    { iconPath: new vscode.ThemeIcon('terminal'), tooltip: vscode.l10n.t('Another Shell') },
  ];
  pick.ignoreFocusOut = true;
  pick.onDidChangeValue(render);
  pick.onDidTriggerButton(() => {
    shell = (shell + 1) % DIALECTS.length;
    render();
  });
  pick.onDidAccept(() => {
    const [place] = pick.selectedItems.flatMap(({ place }) => place ?? []);
    if (place) void openPlace(place);
  });
  pick.onDidTriggerItemButton(({ item: { place } }) => {
    if (place) void openPlace(place);
  });
  pick.onDidHide(() => pick.dispose());
  render();
  pick.show();
}

function itemsFor(
  text: string,
  dialect: ShellDialect,
  { policy, state }: ReturnType<View>,
): LabItem[] {
  const [root = state.paths.home] = state.paths.roots;
  const cwd = { path: root, real: root };
  const call: ToolCall = {
    agent: 'kiro',
    sessionId: 'command-lab',
    tool: 'execute_bash',
    capability: 'shell',
    cwd: root,
    command: { text, dialect, cwd },
    input: { command: text },
  };
  const decision = decide(call, policy, state);
  const verdict = judgeCommand(text, policy.commands, { ...state.paths, dialect, cwd: root });
  return [
    { ...always(outcomeLabel(decision), decision.reason), ...ruleOf(decision) },
    ...partItems(verdict),
    separator(vscode.l10n.t('For comparison')),
    always(
      verdict.kiroWouldRun
        ? `$(warning) ${vscode.l10n.t('Kiro’s own rule would run it')}`
        : `$(question) ${vscode.l10n.t('Kiro’s own rule would ask, too')}`,
      vscode.l10n.t('It compares the line as text'),
    ),
  ];
}

function outcomeLabel({ effect, destructive }: Decision): string {
  if (destructive) {
    return `$(warning) ${vscode.l10n.t('It would ask, as a dangerous command')}`;
  }
  const words: Readonly<Record<Effect, string>> = {
    allow: vscode.l10n.t('It would run'),
    ask: vscode.l10n.t('It would ask'),
    deny: vscode.l10n.t('It would be denied'),
  };
  return `$(${ICONS[effect]}) ${words[effect]}`;
}

const ICONS: Readonly<Record<Effect, string>> = { allow: 'pass', ask: 'question', deny: 'error' };

function partItems({ parts }: CommandVerdict): LabItem[] {
  return [
    separator(vscode.l10n.t('Part by part')),
    ...parts.map(({ text, effect, reason, rule }, index) => ({
      // The list sorts by labels that match what was typed: the command stands beside its label.
      ...always(`$(${ICONS[effect]}) ${vscode.l10n.t('Part {0}', index + 1)}`, reason),
      description: quickText(text),
      ...ruleOf({ rule }),
    })),
  ];
}

/** A built-in list has no line to go to. */
function ruleOf({
  rule,
}: {
  readonly rule?: Rule | undefined;
}): Pick<LabItem, 'place' | 'buttons'> {
  return rule && isAbsolute(rule.source.file)
    ? {
        place: rule.source,
        buttons: [
          {
            iconPath: new vscode.ThemeIcon('go-to-file'),
            tooltip: vscode.l10n.t('Go to the Rule'),
          },
        ],
      }
    : {};
}

/** What the command is must not decide which of our lines are shown. */
function always(label: string, detail: string): vscode.QuickPickItem {
  return { label, detail: makeVisible(detail, false), alwaysShow: true };
}

function separator(label: string): vscode.QuickPickItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

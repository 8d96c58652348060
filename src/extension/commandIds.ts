/** The ids of every command, as package.json declares them. */
export const COMMANDS = {
  toggleMode: 'checkrein.toggleMode',
  interrupt: 'checkrein.interrupt',
  resume: 'checkrein.resume',
  showWaiting: 'checkrein.showWaiting',
  tryCommand: 'checkrein.tryCommand',
  showMenu: 'checkrein.showMenu',
  installHooks: 'checkrein.installHooks',
  removeHooks: 'checkrein.removeHooks',
  showStatus: 'checkrein.showStatus',
  openJournal: 'checkrein.openJournal',
  showPolicy: 'checkrein.showPolicy',
  reviewLoosening: 'checkrein.reviewLoosening',
  trustCommand: 'checkrein.trustCommand',
  suggestedCommands: 'checkrein.suggestedCommands',
  writeForKiro: 'checkrein.writeForKiro',
  removeFromKiro: 'checkrein.removeFromKiro',
  importTrust: 'checkrein.importTrust',
  trustAll: 'checkrein.trustAll',
  manageTools: 'checkrein.manageTools',
  resetTools: 'checkrein.resetTools',
  repair: 'checkrein.repair',
  showPrivacy: 'checkrein.showPrivacy',
  optOut: 'checkrein.optOut',
  checkPosture: 'checkrein.checkPosture',
} as const;

export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

/** The commands of the undo history. */
export const HISTORY_COMMANDS = {
  viewChanges: 'checkrein.viewChanges',
  showChangesTree: 'checkrein.showChangesTree',
  undoLastPrompt: 'checkrein.undoLastPrompt',
  undoAll: 'checkrein.undoAll',
  undoFile: 'checkrein.undoFile',
  undoHunk: 'checkrein.undoHunk',
  redo: 'checkrein.redo',
  goBack: 'checkrein.goBack',
  markCheckpoint: 'checkrein.markCheckpoint',
  deleteHistory: 'checkrein.deleteHistory',
  keepAll: 'checkrein.keepAll',
  showGaps: 'checkrein.showGaps',
  openChange: 'checkrein.openChange',
  undoChange: 'checkrein.undoChange',
  keepChange: 'checkrein.keepChange',
  unkeepChange: 'checkrein.unkeepChange',
} as const;

/** The commands about privacy and posture. */
export const PRIVACY_COMMANDS = {
  showPrivacy: 'checkrein.showPrivacy',
  optOut: 'checkrein.optOut',
  checkPosture: 'checkrein.checkPosture',
  openPostureReport: 'checkrein.openPostureReport',
  openFinding: 'checkrein.openFinding',
  mendFinding: 'checkrein.mendFinding',
  checkNetwork: 'checkrein.checkNetwork',
  browseChats: 'checkrein.browseChats',
  codeReferences: 'checkrein.codeReferences',
} as const;

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
  showDecisions: 'checkrein.showDecisions',
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
  ...PRIVACY_COMMANDS,
  ...HISTORY_COMMANDS,
} as const;

export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

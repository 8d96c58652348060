/** The ids of every command, as package.json declares them. */
export const COMMANDS = {
  toggleMode: 'checkrein.toggleMode',
  interrupt: 'checkrein.interrupt',
  resume: 'checkrein.resume',
  showWaiting: 'checkrein.showWaiting',
  showMenu: 'checkrein.showMenu',
  installHooks: 'checkrein.installHooks',
  removeHooks: 'checkrein.removeHooks',
  showStatus: 'checkrein.showStatus',
  openJournal: 'checkrein.openJournal',
} as const;

export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

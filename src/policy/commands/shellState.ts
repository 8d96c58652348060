import type { ShellDialect } from '../toolCall';

/**
 * Commands that change the shell itself: what a later name, variable or signal means. A wildcard
 * cannot vouch for them, because it is the later, trusted command that then does harm
 * (CVE-2026-22708).
 */
const CHANGES: Readonly<Record<ShellDialect, ReadonlySet<string>>> = {
  bash: new Set(
    (
      'export declare typeset local readonly alias unalias hash trap source . set shopt enable bind ' +
      'complete compgen compopt unset read readarray mapfile eval exec let getopts umask ulimit fc ' +
      'history jobs emulate zmodload autoload setopt unsetopt functions zle sched vared print ' +
      'integer float private disable noglob builtin zstyle zcompile zpty ztcp add-zsh-hook'
    ).split(' '),
  ),
  powershell: new Set(
    (
      'set-alias new-alias sal nal set-variable sv new-variable nv clear-variable set-item si ' +
      'import-module ipmo import-alias ipal add-type new-psdrive register-objectevent ' +
      'register-engineevent set-psdebug set-strictmode update-typedata update-formatdata iex ' +
      'invoke-expression invoke-command icm invoke-history ihy r foreach-object foreach % ' +
      'set-psbreakpoint sbp'
    ).split(' '),
  ),
  cmd: new Set(
    'set setx path prompt doskey assoc ftype call setlocal endlocal subst for if'.split(' '),
  ),
};

/** True when the command changes the shell for what follows. */
export function changesShell(name: string, dialect: ShellDialect): boolean {
  return CHANGES[dialect].has(dialect === 'bash' ? name : name.toLowerCase());
}

import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { StateFolders } from '../files/stateHome';
import type { DecisionState } from '../policy/policy';
import type { ModeController } from './modeController';

/**
 * What decisions in this window depend on. A folder opened through a link counts under both of its
 * names, because agents report either.
 */
export function windowState(folders: StateFolders, modes: ModeController): DecisionState {
  const roots = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .flatMap(({ uri }) => [uri.fsPath, realPath(uri.fsPath)]);
  return {
    mode: modes.state,
    paths: {
      roots: [...new Set(roots)],
      home: realPath(homedir()),
      stateHome: realPath(folders.home),
    },
  };
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

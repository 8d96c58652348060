import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { lastSnapshot } from '../broker/policySnapshot';
import { movedKiroHome } from '../files/kiroHome';
import type { StateFolders } from '../files/stateHome';
import { modeInEffect, type ModeInEffect } from '../policy/mode';
import type { DecisionState } from '../policy/policy';
import type { ModeController } from './modeController';

/**
 * What decisions in this window depend on. A folder opened through a link counts under both of its
 * names, because agents report either.
 */
export function windowState(folders: StateFolders, modes: ModeController): DecisionState {
  const roots = namedRoots();
  const moved = movedKiroHome(process.env, homedir());
  return {
    mode: modeInEffect(modes.state, Date.now()),
    paths: {
      roots,
      home: realPath(homedir()),
      stateHome: realPath(folders.home),
      ...(moved !== undefined && { movedKiroHome: realPath(moved) }),
    },
  };
}

/** The folders of this window that lie on disk. */
export function workspaceRoots(): string[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => uri.fsPath);
}

/** The mode this window's folders were left in, which a reload or a crash must not loosen. */
export function lastMode(folders: StateFolders): ModeInEffect | undefined {
  return lastSnapshot(folders.snapshots, namedRoots())?.state.mode;
}

function namedRoots(): string[] {
  return [...new Set(workspaceRoots().flatMap(root => [root, realPath(root)]))];
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { privacyPlaces, type PrivacyPlaces } from '../../privacy/privacyPlaces';
import { workspaceRoots } from '../windowState';

/** The places of Kiro's files for this window. */
export function windowPrivacyPlaces(): PrivacyPlaces {
  const { platform, env } = process;
  const appData: Partial<Record<NodeJS.Platform, string | undefined>> = {
    win32: env['APPDATA'],
    linux: env['XDG_CONFIG_HOME'],
  };
  return privacyPlaces({
    ...{ platform, home: homedir(), roots: workspaceRoots() },
    kiroHome: env['KIRO_HOME'],
    appData: appData[platform],
    editorElsewhere: isKiro() && vscode.env.remoteName !== undefined,
  });
}

/** True in Kiro IDE itself, whose own settings the switches of the IDE then are. */
export function isKiro(): boolean {
  return /^kiro\b/i.test(vscode.env.appName);
}

import { setImmediate } from 'node:timers/promises';
import type * as vscode from 'vscode';

let stop: (() => Promise<void>) | undefined;

/**
 * Starts the window once the editor has its thread back: reading the policy's code takes longer than
 * an extension should keep an editor from starting. Commands wait for this promise.
 */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  await setImmediate();
  const { startWindow } = await import('./window');
  stop = await startWindow(context);
}

/** Unregisters the window, so that hooks know at once that nobody can be asked here. */
export async function deactivate(): Promise<void> {
  await stop?.();
}

import type { Locator, Page } from 'playwright-core';
import { exactly } from './exactly';

/** What a notification shows. */
export interface NotificationContent {
  readonly message: string;
  readonly buttons: readonly string[];
}

/** The editor's notifications while they are shown as toasts, newest first. */
export class EditorNotifications {
  private readonly toasts: Locator;

  constructor(page: Page) {
    this.toasts = page.locator('.notifications-toasts .notification-list-item');
  }

  /** Waits for a notification with the text and returns what it shows. */
  async waitFor(text: string | RegExp): Promise<NotificationContent> {
    const toast = this.find(text);
    await toast.waitFor();
    return read(toast);
  }

  /** All that are shown now. */
  async readAll(): Promise<NotificationContent[]> {
    return Promise.all((await this.toasts.all()).map(read));
  }

  /** Clicks a button of the notification with the text. */
  async click(text: string | RegExp, label: string): Promise<void> {
    const buttons = this.find(text).locator('.monaco-button');
    await buttons.filter({ hasText: exactly(label) }).click();
  }

  private find(text: string | RegExp): Locator {
    return this.toasts.filter({ hasText: text }).first();
  }
}

async function read(toast: Locator): Promise<NotificationContent> {
  return {
    message: (await toast.locator('.notification-list-item-message').innerText()).trim(),
    buttons: (await toast.locator('.monaco-button').allInnerTexts()).map(label => label.trim()),
  };
}

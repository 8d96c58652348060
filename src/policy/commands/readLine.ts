import type { ShellDialect } from '../toolCall';
import { readBash } from './bash/readBash';
import type { ReadResult } from './script';
import { readCmd } from './windows/readCmd';
import { readPowerShell } from './windows/readPowerShell';

/**
 * Reads a line with the grammar of the shell that will run it. There is no falling back to another
 * grammar: a text that PowerShell runs must never be understood as bash.
 */
export function readLine(line: string, dialect: ShellDialect): ReadResult {
  switch (dialect) {
    case 'bash':
      return readBash(line);
    case 'powershell':
      return readPowerShell(line);
    case 'cmd':
      return readCmd(line);
  }
}

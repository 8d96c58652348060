import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateFolders, type StateFolders } from '../files/stateHome';
import { brokerSocket } from './brokerSocket';
import { hookCommands, installHookClient } from './hookLauncher';

const DIST = join(import.meta.dirname, '../../dist');

let scratch: string;
let folders: StateFolders;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'checkrein-platforms-'));
  folders = stateFolders(join(scratch, 'state'));
});
afterEach(() => rmSync(scratch, { recursive: true }));

describe('brokerSocket', () => {
  it('is a named pipe on Windows, another one for each window and state folder', () => {
    const home = stateFolders('C:\\Users\\me\\AppData\\Local\\Checkrein');
    const pipe = brokerSocket(home, '0123abcd', 'win32');
    expect(pipe).toMatch(/^\\\\\.\\pipe\\checkrein-0123abcd-[0-9a-f]{16}$/);
    expect(brokerSocket(home, 'ffffffff', 'win32')).not.toBe(pipe);
    expect(brokerSocket(stateFolders('D:\\other'), '0123abcd', 'win32')).not.toBe(pipe);
  });

  it('lies in the state folder, owner-only', () => {
    const socket = brokerSocket(folders, '0123abcd', 'linux');
    expect(socket).toBe(join(folders.home, 'run', '0123abcd.sock'));
    expect(statSync(folders.sockets).mode & 0o077).toBe(0);
  });

  it('moves to an owner-only temporary folder when the path is too long for a socket', () => {
    const deep = stateFolders(join(scratch, 'x'.repeat(120)));
    const socket = brokerSocket(deep, '0123abcd', 'linux', scratch);
    expect(Buffer.byteLength(socket)).toBeLessThan(104);
    expect(statSync(join(socket, '..')).mode & 0o077).toBe(0);
    expect(brokerSocket(deep, 'ffffffff', 'linux', scratch)).not.toBe(socket);
  });
});

describe('the launcher', () => {
  const install = (platform: NodeJS.Platform, node: string): void =>
    installHookClient({ folders, node, bundles: DIST, platform });

  it('quotes every path it is given', () => {
    install('linux', "/opt/it's $HOME `here`/node");
    const text = readFileSync(join(folders.hook, 'checkrein-hook.sh'), 'utf8');
    expect(text).toContain(`node='/opt/it'\\''s $HOME \`here\`/node'`);
    expect(text).not.toMatch(/@[A-Z]+@/);
  });

  it('leaves files alone that are right, and mends those that are not', () => {
    install('linux', '/usr/bin/node');
    const launcher = join(folders.hook, 'checkrein-hook.sh');
    const before = statSync(launcher).mtimeMs;
    install('linux', '/usr/bin/node');
    expect(statSync(launcher).mtimeMs).toBe(before);
    install('linux', '/other/node');
    expect(readFileSync(launcher, 'utf8')).toContain("node='/other/node'");
    expect(statSync(launcher).mode & 0o077).toBe(0);
  });

  it('on Windows starts the editor’s Node with quoted paths and turns every failure into 2', () => {
    install('win32', 'C:\\Program Files\\Kiro\\Kiro.exe');
    const text = readFileSync(join(folders.hook, 'checkrein-hook.cmd'), 'utf8');
    expect(text).toContain('"C:\\Program Files\\Kiro\\Kiro.exe" "');
    expect(text).toMatch(
      /%ERRORLEVEL% EQU 0 exit \/b 0\r?\nif "%~3" EQU "report" exit \/b 0\r?\nexit \/b 2/,
    );
    expect(text).not.toMatch(/@[A-Z]+@/);
  });

  it('refuses paths that cmd cannot quote', () => {
    expect(() => install('win32', 'C:\\100%\\node.exe')).toThrow(/cannot quote/);
    const percent = stateFolders('C:\\%PATH%\\Checkrein');
    expect(() => hookCommands(percent, 'win32', { id: 'kiro', limitSeconds: 60 })).toThrow(
      /cannot quote/,
    );
  });

  it('starts with an empty environment and absolute paths on Unix', () => {
    const odd = stateFolders("/home/o'neil/state");
    const { decide, report } = hookCommands(odd, 'linux', { id: 'kiro', limitSeconds: 60 });
    expect(decide).toBe(
      `/usr/bin/env -i /bin/sh -c '/bin/sh "$0" "$@" || ` +
        `{ echo "Checkrein blocked this call." >&2; exit 2; }' ` +
        `'/home/o'\\''neil/state/hook/checkrein-hook.sh' kiro 60`,
    );
    expect(report).toBe(
      `/usr/bin/env -i /bin/sh -c '/bin/sh "$0" "$@" >/dev/null 2>&1; exit 0' ` +
        `'/home/o'\\''neil/state/hook/checkrein-hook.sh' kiro-report 15`,
    );
  });
});

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  block,
  decodeAnswer,
  hookPath,
  LIMIT_HEADER,
  MAX_FRAME_BYTES,
  MAX_PAYLOAD_BYTES,
  PAYLOAD_DEADLINE_MS,
  PROTOCOL_VERSION,
  type HookAnswer,
} from '../protocol/hookProtocol';

/** What is fixed when the hook is installed. Nothing else, above all no environment, is looked at. */
export interface HookOptions {
  readonly agent: string;
  /** The state folder. */
  readonly home: string;
  readonly limitSeconds: number;
  /** The bundle that decides when no window answers; loaded only then. */
  readonly offlineBundle: string;
}

interface OpenWindow {
  readonly socket: string;
  readonly token: string;
  readonly roots: readonly string[];
}

/** The answer comes this long before the agent's limit at the latest. */
const SAFETY_SECONDS = 3;
const BROKEN_OFF = block('the editor broke off before it answered.');

/** Asks for a decision on the payload from `stdin`. Every failure is an answer that blocks. */
export async function askForDecision(
  stdin: NodeJS.ReadableStream,
  options: HookOptions,
): Promise<HookAnswer> {
  const payload = await readPayload(stdin);
  if (typeof payload === 'string') return block(payload);
  const cwd = workingFolder(payload);
  if (cwd === undefined) return block('the payload is not JSON that names the working folder.');
  for (const window of closestFirst(readWindows(join(options.home, 'windows')), cwd)) {
    const answer = await askWindow(window, payload, options);
    if (answer !== 'nobody there') return answer;
  }
  const offline = (await import(options.offlineBundle)) as {
    decideOffline(agent: string, payload: Uint8Array, home: string): Promise<HookAnswer>;
  };
  return offline.decideOffline(options.agent, payload, options.home);
}

/** The payload, or the reason why it was not read to its end. */
function readPayload(stdin: NodeJS.ReadableStream): Promise<Buffer | string> {
  return new Promise(resolve => {
    const chunks: Buffer[] = [];
    let size = 0;
    const deadline = setTimeout(() => {
      resolve(`the agent did not hand over its payload within ${PAYLOAD_DEADLINE_MS / 1000} s.`);
    }, PAYLOAD_DEADLINE_MS);
    const finish = (result: Buffer | string): void => {
      clearTimeout(deadline);
      resolve(result);
    };
    stdin.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_PAYLOAD_BYTES) finish('the payload is too large.');
      else chunks.push(chunk);
    });
    stdin.on('end', () => finish(Buffer.concat(chunks)));
    stdin.on('error', () => finish('the payload could not be read.'));
  });
}

function workingFolder(payload: Buffer): string | undefined {
  try {
    const { cwd } = JSON.parse(payload.toString('utf8')) as { cwd?: unknown };
    return typeof cwd === 'string' ? cwd : undefined;
  } catch {
    return undefined;
  }
}

function readWindows(folder: string): OpenWindow[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter(name => name.endsWith('.json'));
  } catch {
    return [];
  }
  return names.sort().flatMap(name => {
    try {
      const file = join(folder, name);
      // Reading a pipe would never end, and with it neither would this process.
      if (!statSync(file).isFile()) return [];
      const { version, socket, token, roots } = JSON.parse(readFileSync(file, 'utf8')) as Record<
        string,
        unknown
      >;
      const readable =
        version === PROTOCOL_VERSION &&
        typeof socket === 'string' &&
        typeof token === 'string' &&
        Array.isArray(roots);
      return readable ? [{ socket, token, roots: roots as string[] }] : [];
    } catch {
      return [];
    }
  });
}

function closestFirst(windows: readonly OpenWindow[], cwd: string): OpenWindow[] {
  const closeness = ({ roots }: OpenWindow): number =>
    Math.max(
      -1,
      ...roots.filter(root => cwd === root || cwd.startsWith(`${root}/`)).map(root => root.length),
    );
  return [...windows].sort((a, b) => closeness(b) - closeness(a));
}

/**
 * One request, one reply, connection closed. Written on `net`: loading `http` would cost a short
 * process a tenth of its life.
 */
function askWindow(
  window: OpenWindow,
  payload: Buffer,
  { agent, limitSeconds }: HookOptions,
): Promise<HookAnswer | 'nobody there'> {
  return new Promise(resolve => {
    let reply = '';
    let connected = false;
    const connection = connect(window.socket);
    const finish = (answer: HookAnswer | 'nobody there'): void => {
      connection.destroy();
      resolve(answer);
    };
    connection.setEncoding('utf8');
    connection.setTimeout(Math.max(limitSeconds - SAFETY_SECONDS, 1) * 1000, () => {
      finish(block('the editor did not answer in time.'));
    });
    connection.on('connect', () => {
      connected = true;
      connection.write(requestHead(window, agent, limitSeconds, payload.length));
      connection.write(payload);
    });
    connection.on('data', (text: string) => {
      reply += text;
      if (reply.length > MAX_FRAME_BYTES) finish(block('the answer of the editor is too long.'));
    });
    connection.on('end', () => finish(reply === '' ? BROKEN_OFF : readReply(reply)));
    connection.on('error', () => {
      finish(connected ? BROKEN_OFF : 'nobody there');
    });
  });
}

function requestHead(window: OpenWindow, agent: string, limit: number, length: number): string {
  return [
    `POST ${hookPath(agent)} HTTP/1.0`,
    'host: checkrein',
    `authorization: Bearer ${window.token}`,
    `${LIMIT_HEADER}: ${limit}`,
    `content-length: ${length}`,
    '\r\n',
  ].join('\r\n');
}

function readReply(reply: string): HookAnswer {
  const body = reply.indexOf('\r\n\r\n');
  const answer = body < 0 ? undefined : decodeAnswer(reply.slice(body + 4));
  return answer ?? block('the editor gave no readable answer; install the hooks again.');
}

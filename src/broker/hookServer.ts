import { timingSafeEqual } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  block,
  encodeAnswer,
  FORWARDED_HEADER,
  hookPath,
  LIMIT_HEADER,
  MAX_PAYLOAD_BYTES,
  PAYLOAD_DEADLINE_MS,
  PROTOCOL_VERSION,
  type HookAnswer,
} from '../protocol/hookProtocol';

/** A tool call as it came off the socket; only bounds and token have been checked. */
export interface HookRequest {
  readonly agent: string;
  readonly payload: Buffer;
  /** Seconds the agent gives its hook. */
  readonly limitSeconds: number;
  /** True when another window passed the call on. */
  readonly forwarded: boolean;
  /** Aborted when the hook process is gone and nobody waits for the answer. */
  readonly signal: AbortSignal;
}

type RequestHead = Pick<HookRequest, 'agent' | 'limitSeconds'>;

/** Decides a tool call. A rejection blocks the call. */
export type HookHandler = (request: HookRequest) => Promise<HookAnswer>;

/** Connections above this are refused: each held call is one, and no person answers so many. */
const MAX_CONNECTIONS = 256;
const MAX_LIMIT_SECONDS = 3_600;

/**
 * The broker's only door: `POST /v1/hook/AGENT`. It can ask for a decision and nothing else; there
 * is no request that approves a call or changes mode or policy.
 */
export class HookServer {
  readonly #server: Server;
  readonly #token: Buffer;

  constructor(
    token: string,
    private readonly handle: HookHandler,
  ) {
    this.#token = Buffer.from(`Bearer ${token}`);
    this.#server = createServer(
      { maxHeaderSize: 8 * 1024, headersTimeout: 5_000, requestTimeout: 0 },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** Starts listening; the socket file is readable by its owner only. */
  listen(socket: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socket, () => {
        this.#server.off('error', reject);
        if (!socket.startsWith('\\\\')) chmodSync(socket, 0o600);
        resolve();
      });
    });
  }

  /** Stops listening and drops every held call, which blocks it. */
  close(): Promise<void> {
    return new Promise(resolve => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const head = this.#readHead(request);
    // Read to the end even then: closing on unread bytes resets the connection under the reply.
    const body = await readBody(request);
    if ('status' in head) {
      reply(response, head.status, block(head.reason));
      return;
    }
    if (typeof body === 'string') {
      reply(response, 413, block(body));
      return;
    }
    const answer = await this.#decide({
      ...head,
      payload: body,
      forwarded: request.headers[FORWARDED_HEADER] !== undefined,
      signal: gone.signal,
    });
    reply(response, 200, answer);
  }

  /** What the request line and headers say, or why the request is refused. */
  #readHead(request: IncomingMessage): RequestHead | { status: number; reason: string } {
    const given = Buffer.from(request.headers.authorization ?? '');
    if (given.length !== this.#token.length || !timingSafeEqual(given, this.#token)) {
      return { status: 401, reason: 'the hook does not know the token of this window.' };
    }
    const agent = agentOf(request);
    if (request.method !== 'POST' || agent === undefined) {
      const version = `the hook client does not speak version ${PROTOCOL_VERSION} of the protocol`;
      return { status: 404, reason: `${version}; install the hooks again.` };
    }
    const limitSeconds = limitOf(request);
    if (limitSeconds === undefined) {
      return { status: 400, reason: 'the hook does not say how long the agent waits.' };
    }
    return { agent, limitSeconds };
  }

  async #decide(request: HookRequest): Promise<HookAnswer> {
    try {
      return await this.handle(request);
    } catch {
      return block('an internal error kept the policy from deciding. See the Checkrein output.');
    }
  }
}

function agentOf({ url = '' }: IncomingMessage): string | undefined {
  const agent = /\/([a-z][a-z0-9-]{0,40})$/.exec(url)?.[1];
  return agent !== undefined && url === hookPath(agent) ? agent : undefined;
}

function limitOf({ headers }: IncomingMessage): number | undefined {
  const limit = headers[LIMIT_HEADER];
  if (typeof limit !== 'string' || !/^\d{1,4}$/.test(limit)) return undefined;
  const seconds = Number(limit);
  return seconds > 0 && seconds <= MAX_LIMIT_SECONDS ? seconds : undefined;
}

/** The body, or the reason why it was not read to its end. */
function readBody(request: IncomingMessage): Promise<Buffer | string> {
  return new Promise(resolve => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (result: Buffer | string): void => {
      clearTimeout(deadline);
      request.removeAllListeners('data');
      resolve(result);
    };
    const deadline = setTimeout(() => {
      finish(`the agent did not hand over its payload within ${PAYLOAD_DEADLINE_MS / 1000} s.`);
    }, PAYLOAD_DEADLINE_MS);
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_PAYLOAD_BYTES) {
        finish(`the payload is larger than ${MAX_PAYLOAD_BYTES / 1024 / 1024} MB.`);
      } else chunks.push(chunk);
    });
    request.on('end', () => finish(Buffer.concat(chunks)));
    request.on('error', () => finish('the payload broke off.'));
    request.on('close', () => finish('the payload broke off.'));
  });
}

function reply(response: ServerResponse, status: number, answer: HookAnswer): void {
  if (response.writableEnded || response.destroyed) return;
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' });
  response.end(encodeAnswer(answer));
}

import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { geminiDialect } from './geminiDialect';
import type { FunctionResponse, ModelDialect, ModelTurn } from './modelDialect';

export type { ModelTurn } from './modelDialect';

/** One request as the agent sent it. */
interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  /** Whether it took a turn of the script (side requests, such as counting tokens, do not). */
  readonly tookTurn: boolean;
}

/** A model that plays a script, so that a real agent can be tested without any real service. */
export interface StandInModel {
  /** Base address on loopback, without a trailing slash. */
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** The results of tool calls that reached the model, oldest first, each of them once. */
  readonly functionResponses: readonly FunctionResponse[];
  /** How many turns of the script nobody has asked for yet. */
  readonly turnsLeft: number;
  close(): Promise<void>;
}

/** One row for each API shape; OpenAI and Anthropic shapes are further rows. */
const dialects: readonly ModelDialect[] = [geminiDialect];

/** What the model says when the script is over: the agent takes it as the end of its work. */
const afterTheScript: ModelTurn = { text: 'Done.' };

/**
 * Starts the stand-in model on a free loopback port. It answers each request that offers tools with
 * the next turn of the script and, after the last one, with a closing text, so an agent always ends.
 */
export async function startStandInModel(turns: readonly ModelTurn[]): Promise<StandInModel> {
  const script = [...turns];
  const requests: RecordedRequest[] = [];
  let functionResponses: readonly FunctionResponse[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '/';
    const body = parseJson(await readText(request));
    const dialect = dialects.find(candidate => candidate.accepts(path));
    const tookTurn = dialect?.offersTools(path, body) ?? false;
    requests.push({ method: request.method ?? '', path, body, tookTurn });
    if (dialect === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { code: 404, message: `no such address: ${path}` } }));
      return;
    }
    const seen = dialect.functionResponses(body);
    // An agent repeats the whole conversation in each request: the longest list is the whole one.
    if (seen.length > functionResponses.length) functionResponses = seen;
    const turn = tookTurn ? (script.shift() ?? afterTheScript) : afterTheScript;
    const reply = dialect.reply(path, turn);
    response.writeHead(200, { 'content-type': reply.contentType });
    response.end(reply.body);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    get functionResponses() {
      return functionResponses;
    },
    get turnsLeft() {
      return script.length;
    },
    close() {
      return new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { listProperty, property } from './modelDialect';
import type { FunctionResponse, ModelDialect, ModelReply, ModelTurn } from './modelDialect';

const methodPattern = /\/models\/[^/:]+:(\w+)/u;

/** The Gemini API: `generateContent` as JSON, `streamGenerateContent` as server-sent events. */
export const geminiDialect: ModelDialect = {
  accepts: path => methodPattern.test(path),
  offersTools: (path, body) =>
    methodOf(path).endsWith('enerateContent') &&
    listProperty(body, 'tools').some(tool => listProperty(tool, 'functionDeclarations').length > 0),
  reply: replyTo,
  functionResponses: body =>
    listProperty(body, 'contents')
      .flatMap(content => listProperty(content, 'parts'))
      .flatMap(readFunctionResponse),
};

function methodOf(path: string): string {
  return methodPattern.exec(path)?.[1] ?? '';
}

function replyTo(path: string, turn: ModelTurn): ModelReply {
  const method = methodOf(path);
  if (method === 'countTokens') return json({ totalTokens: 10 });
  const content = contentFor(turn);
  if (method !== 'streamGenerateContent') return json(content);
  if (!path.includes('alt=sse')) return json([content]);
  return { contentType: 'text/event-stream', body: `data: ${JSON.stringify(content)}\r\n\r\n` };
}

function json(value: unknown): ModelReply {
  return { contentType: 'application/json', body: JSON.stringify(value) };
}

function contentFor(turn: ModelTurn): unknown {
  const part =
    'tool' in turn ? { functionCall: { name: turn.tool, args: turn.args } } : { text: turn.text };
  return {
    candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
    modelVersion: 'stand-in',
  };
}

function readFunctionResponse(part: unknown): FunctionResponse[] {
  const found = property(part, 'functionResponse');
  if (found === undefined) return [];
  const response = property(found, 'response');
  const output = property(response, 'output') ?? property(response, 'error') ?? response;
  return [
    {
      tool: String(property(found, 'name')),
      text: typeof output === 'string' ? output : JSON.stringify(output),
    },
  ];
}

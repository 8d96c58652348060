/** One step of the stand-in model's script: a call of one tool, or a text that ends the work. */
export type ModelTurn =
  | { readonly tool: string; readonly args: Readonly<Record<string, unknown>> }
  | { readonly text: string };

/** The result of a tool call as the agent reported it to the model. */
export interface FunctionResponse {
  readonly tool: string;
  /** The result as one text, for simple assertions: objects are given as JSON. */
  readonly text: string;
}

/** A finished answer to one HTTP request. */
export interface ModelReply {
  readonly contentType: string;
  readonly body: string;
}

/**
 * How one vendor's API looks on the wire. The script and the server know nothing about it, so that
 * a further agent needs one more object of this kind and nothing else.
 */
export interface ModelDialect {
  /** Whether a request path (with its query) belongs to this API. */
  accepts(path: string): boolean;
  /** Whether the request lets the model call tools, which makes it a step of the agent's work. */
  offersTools(path: string, body: unknown): boolean;
  /** The answer in the form that the path asks for: one JSON text or a stream of events. */
  reply(path: string, turn: ModelTurn): ModelReply;
  /** All tool results in a request, oldest first. */
  functionResponses(body: unknown): FunctionResponse[];
}

/** Reads a property of a value of unknown shape. */
export function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** Reads a list property of a value of unknown shape; anything else counts as empty. */
export function listProperty(value: unknown, name: string): readonly unknown[] {
  const list = property(value, name);
  return Array.isArray(list) ? (list as unknown[]) : [];
}

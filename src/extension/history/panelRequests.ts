import * as z from 'zod/mini';
import type { PanelRequest } from '../../protocol/changesPanel';

const node = z.string().check(z.regex(/^[\w-]{16}$/u));

const panelRequest: z.ZodMiniType<PanelRequest> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('details'), file: node }),
  z.strictObject({ type: z.literal('openDiff'), node }),
  z.strictObject({ type: z.literal('undo'), node }),
  z.strictObject({
    type: z.literal('undoHunk'),
    file: node,
    hunk: z.int().check(z.gte(1)),
  }),
  z.strictObject({ type: z.literal('keep'), node, keep: z.boolean() }),
  z.strictObject({ type: z.literal('undoAll') }),
  z.strictObject({ type: z.literal('redo') }),
  z.strictObject({ type: z.literal('openAll') }),
]);

/** What a webview posted, if it is a request and nothing more; `undefined` for anything else. */
export function parsePanelRequest(message: unknown): PanelRequest | undefined {
  const parsed = panelRequest.safeParse(message);
  return parsed.success ? parsed.data : undefined;
}

import * as z from 'zod/mini';
import type { PrivacyRequest } from '../../protocol/privacyPanel';

const row = z.string().check(z.maxLength(100));

const privacyRequest: z.ZodMiniType<PrivacyRequest> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('switch'), row, on: z.boolean() }),
  z.strictObject({ type: z.literal('optOut') }),
  z.strictObject({ type: z.literal('undo') }),
  z.strictObject({ type: z.literal('open'), row }),
  z.strictObject({ type: z.literal('openAgentSettings') }),
  z.strictObject({ type: z.literal('recordAgent'), done: z.boolean() }),
  z.strictObject({ type: z.literal('recordPlan'), enterprise: z.boolean() }),
]);

/** What a webview posted, if it is a request and nothing more; `undefined` for anything else. */
export function parsePrivacyRequest(message: unknown): PrivacyRequest | undefined {
  const parsed = privacyRequest.safeParse(message);
  return parsed.success ? parsed.data : undefined;
}

import { request as httpRequest } from 'node:http';
import {
  block,
  decodeAnswer,
  FORWARDED_HEADER,
  hookPath,
  LIMIT_HEADER,
  MAX_FRAME_BYTES,
  type HookAnswer,
} from '../protocol/hookProtocol';
import type { HookRequest } from './hookServer';
import type { WindowEntry } from './windowRegistry';

/** Passes a call on to another window and brings back its answer, or that nobody listens there. */
export function forwardCall(
  call: HookRequest,
  window: WindowEntry,
): Promise<HookAnswer | 'nobody there'> {
  return new Promise(resolve => {
    const fail = (): void => resolve(block('the window that holds this folder does not answer.'));
    const request = httpRequest(
      {
        socketPath: window.socket,
        method: 'POST',
        path: hookPath(call.agent),
        headers: {
          authorization: `Bearer ${window.token}`,
          [LIMIT_HEADER]: String(call.limitSeconds),
          [FORWARDED_HEADER]: '1',
        },
        signal: call.signal,
      },
      response => {
        let frame = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          frame += text;
          if (frame.length > MAX_FRAME_BYTES) request.destroy();
        });
        response.on('end', () => {
          resolve(decodeAnswer(frame) ?? block('the other window gave an unreadable answer.'));
        });
        response.on('error', fail);
      },
    );
    request.on('error', (error: NodeJS.ErrnoException) => {
      const isDead = error.code === 'ECONNREFUSED' || error.code === 'ENOENT';
      if (isDead) resolve('nobody there');
      else fail();
    });
    request.end(call.payload);
  });
}

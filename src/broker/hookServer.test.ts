import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeAnswer, encodeAnswer, type HookAnswer } from '../protocol/hookProtocol';
import { HookServer, type HookRequest } from './hookServer';

let scratch: string;
let socket: string;
let server: HookServer;
let seen: HookRequest[];
beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'checkrein-server-'));
  socket = join(scratch, 's.sock');
  seen = [];
  server = new HookServer('secret', call => {
    seen.push(call);
    if (call.payload.toString() === 'throw') throw new Error('broken inside');
    return Promise.resolve({ exitCode: 0, stdout: '', stderr: '' });
  });
  await server.listen(socket);
});
afterEach(async () => {
  await server.close();
  rmSync(scratch, { recursive: true });
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly token?: string;
  readonly limit?: string;
  readonly body?: string;
}

function send(sent: Sent = {}): Promise<{ status: number; answer: HookAnswer | undefined }> {
  const { method = 'POST', path = '/v1/hook/kiro', token = 'secret', limit = '60' } = sent;
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'x-checkrein-limit': limit };
    const call = request({ socketPath: socket, method, path, headers }, response => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, answer: decodeAnswer(text) }),
      );
    });
    call.on('error', reject);
    call.end(method === 'GET' ? undefined : (sent.body ?? '{}'));
  });
}

describe('HookServer', () => {
  it('hands a good request to the handler', async () => {
    expect(await send()).toEqual({ status: 200, answer: { exitCode: 0, stdout: '', stderr: '' } });
    expect(seen).toMatchObject([{ agent: 'kiro', limitSeconds: 60, forwarded: false }]);
  });

  it('listens on a socket of its owner only', () => {
    expect(statSync(socket).mode & 0o077).toBe(0);
  });

  it.each<[string, Sent]>([
    ['a wrong token', { token: 'Secret' }],
    ['a shorter token', { token: 'secre' }],
    ['no token', { token: '' }],
    ['another version', { path: '/v2/hook/kiro' }],
    ['a GET', { method: 'GET' }],
    ['an approval', { path: '/v1/approve/A1' }],
    ['a change of mode', { path: '/v1/mode' }],
    ['a change of policy', { method: 'PUT', path: '/v1/policy' }],
    ['a path trick', { path: '/v1/hook/../hook/kiro' }],
    ['no limit', { limit: '' }],
    ['an odd limit', { limit: '-5' }],
    ['an endless limit', { limit: '9999' }],
  ])('blocks %s', async (_name, sent) => {
    const { status, answer } = await send(sent);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(answer?.exitCode).toBe(2);
    expect(seen).toEqual([]);
  });

  it('blocks when the handler throws', async () => {
    expect((await send({ body: 'throw' })).answer).toMatchObject({ exitCode: 2 });
  });
});

describe('the frame', () => {
  it.each<HookAnswer>([
    { exitCode: 0, stdout: '', stderr: '' },
    { exitCode: 2, stdout: '', stderr: 'because\nof\n\nlines' },
    { exitCode: 2, stdout: '{"cancel":true}', stderr: 'x' },
  ])('brings %j across', answer => {
    expect(decodeAnswer(encodeAnswer(answer))).toEqual(answer);
  });

  it.each([
    '',
    'checkrein/1 0',
    'checkrein/1 1\n\n',
    'checkrein/2 0\n\n',
    'x checkrein/1 0\n\n',
    '{}',
  ])('takes nothing from %j', text => {
    expect(decodeAnswer(text)).toBeUndefined();
  });
});

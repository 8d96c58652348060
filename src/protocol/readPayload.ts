import { MAX_PAYLOAD_BYTES, PAYLOAD_DEADLINE_MS } from './hookProtocol';

/** The agent's payload from a pipe or a request, or the reason why it was not read to its end. */
export function readPayload(stream: NodeJS.ReadableStream): Promise<Buffer | string> {
  return new Promise(resolve => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (result: Buffer | string): void => {
      clearTimeout(deadline);
      stream.removeAllListeners('data');
      resolve(result);
    };
    const deadline = setTimeout(() => {
      finish(`the agent did not hand over its payload within ${PAYLOAD_DEADLINE_MS / 1000} s.`);
    }, PAYLOAD_DEADLINE_MS);
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_PAYLOAD_BYTES) {
        finish(`the payload is larger than ${MAX_PAYLOAD_BYTES / 1024 / 1024} MB.`);
      } else chunks.push(chunk);
    });
    stream.on('end', () => finish(Buffer.concat(chunks)));
    stream.on('error', () => finish('the payload broke off.'));
    stream.on('close', () => finish('the payload broke off.'));
  });
}

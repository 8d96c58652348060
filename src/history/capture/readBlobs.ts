import { GitFailed, type GitSetting, runGit } from './runGit';

/** Reads the contents of git objects one after the other; `undefined` for a missing or too large one. */
export async function readBlobs(
  setting: GitSetting,
  oids: readonly string[],
  limit: number,
  found: (oid: string, bytes: Buffer | undefined) => void,
): Promise<void> {
  if (oids.length === 0) return;
  const reader = new BatchReader(limit, found);
  await runGit(setting, ['cat-file', '--batch'], {
    input: `${oids.join('\n')}\n`,
    onData: piece => reader.push(piece),
  });
}

/** The sizes of objects in the order asked for; -1 for a missing one. */
export async function readSizes(setting: GitSetting, oids: readonly string[]): Promise<number[]> {
  const sizes: number[] = [];
  let rest = '';
  await runGit(setting, ['cat-file', '--batch-check=%(objectsize)'], {
    input: `${oids.join('\n')}\n`,
    onData: piece => {
      const lines = (rest + piece.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) sizes.push(/^\d+$/.test(line) ? Number(line) : -1);
    },
  });
  if (sizes.length !== oids.length) throw new GitFailed('git told too few sizes');
  return sizes;
}

/** Takes apart the output of `cat-file --batch`: a line about the object, its bytes, a line break. */
class BatchReader {
  #head = Buffer.alloc(0);
  #current: { readonly oid: string; readonly size: number; readonly pieces: Buffer[] } | undefined;
  #missing = 0;

  constructor(
    private readonly limit: number,
    private readonly found: (oid: string, bytes: Buffer | undefined) => void,
  ) {}

  push(piece: Buffer): void {
    let rest = piece;
    while (rest.length > 0) rest = this.#current ? this.#content(rest) : this.#headLine(rest);
  }

  #headLine(piece: Buffer): Buffer {
    const end = piece.indexOf(0x0a);
    this.#head = Buffer.concat([this.#head, end === -1 ? piece : piece.subarray(0, end)]);
    if (end === -1) return piece.subarray(piece.length);
    const [oid = '', type, size] = this.#head.toString('latin1').split(' ');
    this.#head = Buffer.alloc(0);
    if (type === 'missing') this.found(oid, undefined);
    else if (type === 'blob' && /^\d+$/.test(size ?? '')) {
      this.#current = { oid, size: Number(size), pieces: [] };
      this.#missing = Number(size) + 1;
    } else throw new GitFailed('git gave something that is no file');
    return piece.subarray(end + 1);
  }

  #content(piece: Buffer): Buffer {
    const current = this.#current;
    if (!current) return piece;
    const part = piece.subarray(0, this.#missing);
    this.#missing -= part.length;
    if (current.size <= this.limit) current.pieces.push(part);
    if (this.#missing === 0) {
      this.#current = undefined;
      const bytes = Buffer.concat(current.pieces).subarray(0, current.size);
      this.found(current.oid, current.size <= this.limit ? bytes : undefined);
    }
    return piece.subarray(part.length);
  }
}

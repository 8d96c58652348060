/**
 * One content told as pieces of another: each step copies `length` bytes of the base from `from`,
 * then adds `added` new ones.
 */
export interface DeltaStep {
  readonly from: number;
  readonly length: number;
  readonly added: Buffer;
}

const STEP_BYTES = 12;
const NOTHING = Buffer.alloc(0);

/** What lies between the common start and the common end, as new bytes. */
export function deltaBetween(base: Buffer, content: Buffer): DeltaStep[] {
  const prefix = commonPrefix(base, content);
  const suffix = commonSuffix(base, content, prefix);
  return [
    { from: 0, length: prefix, added: content.subarray(prefix, content.length - suffix) },
    { from: base.length - suffix, length: suffix, added: NOTHING },
  ];
}

/** The steps from the base of `first` to the content that `second` makes of its result. */
export function composeDeltas(
  first: readonly DeltaStep[],
  second: readonly DeltaStep[],
): DeltaStep[] {
  const steps: DeltaStep[] = [];
  for (const { from, length, added } of second) {
    let at = 0;
    for (const step of first) {
      const copied = overlap(at, step.length, from, length);
      const fresh = overlap(at + step.length, step.added.length, from, length);
      if (copied.length > 0 || fresh.length > 0) {
        steps.push({
          from: step.from + copied.start,
          length: copied.length,
          added: step.added.subarray(fresh.start, fresh.start + fresh.length),
        });
      }
      at += step.length + step.added.length;
    }
    if (added.length > 0) steps.push({ from: 0, length: 0, added });
  }
  return joined(steps);
}

/** The part of `[at, at + size)` that lies in `[from, from + length)`, counted from `at`. */
function overlap(at: number, size: number, from: number, length: number) {
  const start = Math.min(Math.max(from - at, 0), size);
  const end = Math.min(Math.max(from + length - at, 0), size);
  return { start, length: end - start };
}

/** Steps that copy nothing become part of the one before them. */
function joined(steps: readonly DeltaStep[]): DeltaStep[] {
  const result: DeltaStep[] = [];
  for (const step of steps) {
    const last = result.at(-1);
    if (last && step.length === 0) {
      result[result.length - 1] = { ...last, added: Buffer.concat([last.added, step.added]) };
    } else {
      result.push(step);
    }
  }
  return result;
}

/** Number of steps, the numbers of each (all 4 bytes, little-endian), then all new bytes. */
export function encodeDelta(steps: readonly DeltaStep[]): Buffer {
  const head = Buffer.alloc(4 + STEP_BYTES * steps.length);
  head.writeUInt32LE(steps.length, 0);
  steps.forEach(({ from, length, added }, index) => {
    const at = 4 + STEP_BYTES * index;
    head.writeUInt32LE(from, at);
    head.writeUInt32LE(length, at + 4);
    head.writeUInt32LE(added.length, at + 8);
  });
  return Buffer.concat([head, ...steps.map(({ added }) => added)]);
}

/** `undefined` when the bytes are not a whole delta. */
export function decodeDelta(bytes: Buffer): DeltaStep[] | undefined {
  if (bytes.length < 4) return undefined;
  const count = bytes.readUInt32LE(0);
  let next = 4 + STEP_BYTES * count;
  if (next > bytes.length) return undefined;
  const steps: DeltaStep[] = [];
  for (let at = 4; steps.length < count; at += STEP_BYTES) {
    const end = next + bytes.readUInt32LE(at + 8);
    if (end > bytes.length) return undefined;
    const added = bytes.subarray(next, end);
    steps.push({ from: bytes.readUInt32LE(at), length: bytes.readUInt32LE(at + 4), added });
    next = end;
  }
  return next === bytes.length ? steps : undefined;
}

/** The content of `size` bytes; `undefined` when the steps do not make one of this base. */
export function applyDelta(
  base: Buffer,
  steps: readonly DeltaStep[],
  size: number,
): Buffer | undefined {
  const total = steps.reduce((sum, { length, added }) => sum + length + added.length, 0);
  if (total !== size) return undefined;
  const content = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { from, length, added } of steps) {
    if (from + length > base.length) return undefined;
    at += base.copy(content, at, from, from + length);
    at += added.copy(content, at);
  }
  return content;
}

/** Compared in blocks by native code; only the block that differs is walked. */
const BLOCK = 4096;

function commonPrefix(a: Buffer, b: Buffer): number {
  const limit = Math.min(a.length, b.length);
  let at = 0;
  while (at + BLOCK <= limit && a.compare(b, at, at + BLOCK, at, at + BLOCK) === 0) at += BLOCK;
  while (at < limit && a[at] === b[at]) at += 1;
  return at;
}

/** The common end, not reaching into the first `prefix` bytes of either. */
function commonSuffix(a: Buffer, b: Buffer, prefix: number): number {
  const limit = Math.min(a.length, b.length) - prefix;
  let at = 0;
  for (; at + BLOCK <= limit; at += BLOCK) {
    const [endA, endB] = [a.length - at, b.length - at];
    if (a.compare(b, endB - BLOCK, endB, endA - BLOCK, endA) !== 0) break;
  }
  while (at < limit && a[a.length - 1 - at] === b[b.length - 1 - at]) at += 1;
  return at;
}

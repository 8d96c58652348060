import * as zlib from 'node:zlib';

/** Node has a native one since 20.15 and 22.2. */
const native = (zlib as Partial<typeof zlib>).crc32;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return value;
});

/** The CRC-32 of zlib, for versions of Node without it. */
export function plainCrc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}

export const crc32: (bytes: Uint8Array) => number = native ? bytes => native(bytes) : plainCrc32;

import { crc32 as native } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32, plainCrc32 } from './crc32';

it('is the CRC-32 of zlib, with and without the native one', () => {
  expect(plainCrc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
      expect(plainCrc32(bytes)).toBe(native(bytes));
      expect(crc32(bytes)).toBe(native(bytes));
    }),
  );
});

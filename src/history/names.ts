import { posix, sep } from 'node:path';

/**
 * File names are bytes on most systems and need not be UTF-8. Here they are strings in which each
 * byte that is not part of valid UTF-8 stands as one lone surrogate (U+DC80 to U+DCFF): every name
 * has exactly one such form, ordinary names look ordinary, and JSON keeps them.
 */
export type Name = string;

const LONE = /[\udc80-\udcff]/;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The string form of a name's bytes. */
export function nameOf(bytes: Buffer): Name {
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd')) return text;
  try {
    return strict.decode(bytes);
  } catch {
    return decodeLoosely(bytes);
  }
}

function decodeLoosely(bytes: Buffer): Name {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      text += String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
      at += 1;
    } else {
      text += bytes.toString('utf8', at, at + length);
      at += length;
    }
  }
  return text;
}

/** How many bytes the valid UTF-8 sequence at `at` takes; 0 when there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (length === 0 || first > 0xf4 || at + length > bytes.length) return 0;
  try {
    strict.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}

/** What file functions take: the string when it is plain, the exact bytes otherwise. */
export function fsPath(name: Name): string | Buffer {
  return LONE.test(name) ? bytesOf(name) : name;
}

/** The bytes of a name. */
export function bytesOf(name: Name): Buffer {
  if (!LONE.test(name)) return Buffer.from(name);
  const parts: Buffer[] = [];
  let plain = '';
  // By code point: a low surrogate that belongs to a pair is no stray byte.
  for (const char of name) {
    const code = char.charCodeAt(0);
    if (char.length === 1 && code >= 0xdc80 && code <= 0xdcff) {
      parts.push(Buffer.from(plain), Buffer.from([code - 0xdc00]));
      plain = '';
    } else plain += char;
  }
  return Buffer.concat([...parts, Buffer.from(plain)]);
}

/** A path below a root, `/` between its parts. */
export type RelativePath = Name;

/** The whole path of a path below a root; Windows gets the form that knows no limits. */
export function absolute(root: string, path: RelativePath): Name {
  if (sep === '/') return root.endsWith('/') ? `${root}${path}` : `${root}/${path}`;
  const whole = `${root}\\${path.replaceAll('/', '\\')}`;
  return whole.startsWith('\\\\') ? whole : `\\\\?\\${whole}`;
}

export function parentOf(path: RelativePath): RelativePath {
  const parent = posix.dirname(path);
  return parent === '.' ? '' : parent;
}

/** All folders above a path, nearest first, the root left out. */
export function foldersAbove(path: RelativePath): RelativePath[] {
  const folders: RelativePath[] = [];
  for (let at = parentOf(path); at !== ''; at = parentOf(at)) folders.push(at);
  return folders;
}

/** True when a path is a folder's own or lies below it; everything lies below ''. */
export function isWithin(path: RelativePath, folder: RelativePath): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

/** True for the insides of a repository, which are never captured and never written. */
export function isGitInside(path: RelativePath): boolean {
  return path.split('/').some(part => part.toLowerCase() === '.git');
}

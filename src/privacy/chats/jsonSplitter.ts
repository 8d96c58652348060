/** A piece of a JSON document: an entry of one of its lists, or the value of one of its keys. */
export interface JsonPiece {
  /** The key at the top of the document; absent in a document that is one list. */
  readonly key?: string;
  readonly text: string;
  /** What keeps the piece from being whole. */
  readonly fault?: string;
}

const [QUOTE, BACKSLASH, COMMA, COLON, SPACE] = [0x22, 0x5c, 0x2c, 0x3a, 0x20];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

/** What a byte means for the piece that is being collected. */
type Step = 'go' | 'begin' | 'endValue' | 'endKey';

/**
 * Cuts a JSON document into its top-level values, and lists among them into their entries, without
 * ever holding the whole. Does not check the pieces: whoever parses them sees what is wrong. What is
 * longer than `maxBytes` comes in several pieces, each with a fault.
 */
export class JsonSplitter {
  readonly #pieces: JsonPiece[] = [];
  readonly #parts: Buffer[] = [];
  #length = 0;
  #depth = 0;
  /** The depth at which pieces stand: 1 at the top, 2 inside a list of the top. */
  #level = 1;
  #isObject = false;
  #isKey = false;
  #key: string | undefined;
  #active = false;
  #inString = false;
  #escaped = false;

  constructor(private readonly maxBytes: number) {}

  /** Takes bytes and gives the pieces that are complete. */
  push(chunk: Buffer): readonly JsonPiece[] {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const step = this.#step(chunk[at] ?? 0);
      if (step === 'go') continue;
      if (step === 'begin') {
        start = at;
        this.#active = true;
      } else {
        if (this.#active) this.#keep(chunk.subarray(start, at));
        this.#emit(step === 'endKey');
        this.#active = false;
      }
    }
    if (this.#active) this.#keep(chunk.subarray(start));
    if (this.#length > this.maxBytes) {
      this.#emit(false, 'larger than a record may be: it comes in parts');
    }
    return this.#pieces.splice(0);
  }

  /** The rest, when the document is over. */
  end(): readonly JsonPiece[] {
    this.#emit(false, 'the file ends inside a record');
    return this.#pieces.splice(0);
  }

  #keep(part: Buffer): void {
    // A copy: the chunk belongs to the stream.
    this.#parts.push(Buffer.from(part));
    this.#length += part.length;
  }

  #emit(asKey: boolean, fault?: string): void {
    const text = Buffer.concat(this.#parts.splice(0)).toString('utf8').trim();
    this.#length = 0;
    if (text === '') return;
    if (asKey) this.#key = readKey(text);
    else {
      const key = this.#key;
      this.#pieces.push({
        ...(key !== undefined && { key }),
        text,
        ...(fault !== undefined && { fault }),
      });
    }
  }

  #step(byte: number): Step {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.#inString = false;
      return 'go';
    }
    if (byte <= SPACE) return 'go';
    if (byte === QUOTE) this.#inString = true;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return this.#open(byte);
    if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) return this.#close();
    if (this.#depth === this.#level && byte === COMMA) {
      this.#isKey = this.#isObject && this.#level === 1;
      return 'endValue';
    }
    if (this.#isKey && this.#depth === this.#level && byte === COLON) {
      this.#isKey = false;
      return 'endKey';
    }
    return this.#active ? 'go' : 'begin';
  }

  #open(byte: number): Step {
    const atTop = this.#depth === 0 && !this.#active;
    const listOfTop = this.#depth === 1 && this.#level === 1 && this.#isObject && !this.#active;
    this.#depth += 1;
    if (atTop) {
      this.#isObject = byte === OPEN_BRACE;
      this.#isKey = this.#isObject;
      return 'go';
    }
    if (listOfTop && byte === OPEN_BRACKET && !this.#isKey) {
      this.#level = 2;
      return 'go';
    }
    return this.#active ? 'go' : 'begin';
  }

  #close(): Step {
    const endsPiece = this.#depth === this.#level;
    if (this.#depth > 0) this.#depth -= 1;
    if (!endsPiece) return this.#active ? 'go' : 'begin';
    this.#level = 1;
    return 'endValue';
  }
}

function readKey(text: string): string {
  try {
    return String(JSON.parse(text)).slice(0, 100);
  } catch {
    return text.slice(0, 100);
  }
}

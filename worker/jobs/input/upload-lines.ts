/** Writes JSON lines into an object from text that is already UTF-8, without ever decoding it. */
import { JOB_LIMITS } from "../../limits.ts";
import { multipartWriter } from "../multipart-writer.ts";

/** Bytes of lines that are gathered before they are handed on. */
const FLUSH_BYTES = 256 * 1024;

/** Bytes of a text that are escaped at a time; each may become six. */
const PIECE_BYTES = 4 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const SPACE = 0x20;
const CONTROL_PREFIX = new TextEncoder().encode("\\u00");
const HEX_DIGITS = new TextEncoder().encode("0123456789abcdef");

export interface LineUpload {
  /** Bytes as they are, such as `{"text":`. */
  raw(json: Uint8Array): void;
  /**
   * A text's JSON string; bytes that are not UTF-8 stay as they are, for the reader to find. Stops short once the line is longer than
   * maxRowBytes: nobody may use it then.
   */
  string(utf8: Uint8Array): void;
  /** Whether the line is longer than maxRowBytes. */
  isTooLong(): boolean;
  /** Begins the line anew. */
  dropLine(): void;
  /** Ends the line. @returns Whether it is time for {@link flush} */
  endLine(): boolean;
  /** Hands all lines that have ended on. @returns Bytes of all lines up to now */
  flush(): Promise<number>;
  /** Flushes; the object is there once this has resolved. */
  close(): Promise<{ etag: string; bytes: number }>;
  /** Drops all lines. */
  abort(): Promise<void>;
}

export function uploadLines(bucket: R2Bucket, key: string): LineUpload {
  const writer = multipartWriter(bucket, key);
  let buffer = new Uint8Array(2 * FLUSH_BYTES);
  let length = 0;
  let lineStart = 0;
  let flushed = 0;
  return {
    raw(json) {
      reserve(json.length);
      buffer.set(json, length);
      length += json.length;
    },
    string(utf8) {
      reserve(1);
      buffer[length++] = QUOTE;
      for (let start = 0; start < utf8.length && !isTooLong(); start += PIECE_BYTES) {
        reserve(6 * PIECE_BYTES);
        const end = Math.min(start + PIECE_BYTES, utf8.length);
        length = escapeInto(buffer, length, utf8, start, end);
      }
      reserve(1);
      buffer[length++] = QUOTE;
    },
    isTooLong,
    dropLine() {
      length = lineStart;
    },
    endLine() {
      reserve(1);
      buffer[length++] = LINE_FEED;
      lineStart = length;
      return length >= FLUSH_BYTES;
    },
    flush,
    async close() {
      await flush();
      return writer.close();
    },
    abort: () => writer.abort(),
  };

  function isTooLong(): boolean {
    return length - lineStart > JOB_LIMITS.maxRowBytes;
  }

  async function flush(): Promise<number> {
    await writer.write(buffer.subarray(0, length));
    flushed += length;
    length = 0;
    lineStart = 0;
    return flushed;
  }

  function reserve(bytes: number): void {
    if (length + bytes <= buffer.length) return;
    const larger = new Uint8Array(Math.max(length + bytes, 2 * buffer.length));
    larger.set(buffer.subarray(0, length));
    buffer = larger;
  }
}

/** @returns The end of what was written */
function escapeInto(
  buffer: Uint8Array,
  at: number,
  utf8: Uint8Array,
  start: number,
  end: number,
): number {
  for (let index = start; index < end; index++) {
    const byte = utf8[index]!;
    if (byte === QUOTE || byte === BACKSLASH) {
      buffer[at++] = BACKSLASH;
      buffer[at++] = byte;
    } else if (byte < SPACE) {
      buffer.set(CONTROL_PREFIX, at);
      buffer[at + 4] = HEX_DIGITS[byte >> 4]!;
      buffer[at + 5] = HEX_DIGITS[byte & 15]!;
      at += 6;
    } else buffer[at++] = byte;
  }
  return at;
}

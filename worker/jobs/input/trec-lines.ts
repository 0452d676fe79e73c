import { JOB_LIMITS } from "../../limits.ts";
import type { InputFile } from "../source.ts";
import { checkText } from "./check-text.ts";
import { isGzip } from "./file-format.ts";
import type { Unreadable } from "./file-problem.ts";
import { markBytes, readHead, type FileHead } from "./read-head.ts";
import { openVersion } from "./read-range.ts";
import { unpackGzip } from "./unpack-gzip.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A text file that can be read again and again. */
export interface TextFile {
  ok: true;
  file: InputFile;
  /** As {@link FileHead} has it, from the first line that is not blank, without a byte order mark. */
  head: string;
}

/** The file, or what gzip holds in it, unpacked to `unpackedKey`. Problems: those of {@link unpackGzip} and {@link checkText}. */
export async function openText(
  bucket: R2Bucket,
  file: InputFile,
  unpackedKey: string,
): Promise<TextFile | Unreadable> {
  const packed = await readHead(bucket, file);
  if (!packed.ok) return packed;
  if (!isGzip(packed.head)) return checkedText(file, packed);
  const unpacked = await unpackGzip(bucket, file, unpackedKey);
  if (!unpacked.ok) return unpacked;
  const head = await readHead(bucket, unpacked.value);
  return head.ok ? checkedText(unpacked.value, head) : head;
}

function checkedText(file: InputFile, { bytes, head }: FileHead): TextFile | Unreadable {
  return (
    checkText(file.name, head) ?? {
      ok: true,
      file,
      head: head.slice(markBytes(bytes)).replace(/^[ \t\r\n]+/, ""),
    }
  );
}

/** Takes the line [start, end) of the bytes, which it may not keep. */
export type OnLine = (bytes: Uint8Array, start: number, end: number) => void;

/**
 * Calls back for each line of a file, empty ones too, without its end and without a byte order mark. Lines of more than maxRowBytes are
 * left out. Holds a chunk of the file, and a line that lies in several.
 */
export async function scanLines(
  bucket: R2Bucket,
  file: InputFile,
  onLine: OnLine,
): Promise<{ ok: true; tooLongLines: number } | Unreadable> {
  const opened = await openVersion(bucket, file);
  if (!opened.ok) return opened;
  let tooLongLines = 0;
  let isFirst = true;
  /** The beginning of a line whose end is in a chunk to come. */
  let pieces: Uint8Array[] = [];
  let piecesBytes = 0;
  for await (const chunk of opened.body) {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end < 0) break;
      if (piecesBytes === 0) emit(chunk, start, end);
      else {
        hold(chunk.subarray(start, end));
        emitHeld();
      }
      start = end + 1;
    }
    hold(chunk.subarray(start));
  }
  if (piecesBytes > 0) emitHeld();
  return { ok: true, tooLongLines };

  function hold(piece: Uint8Array): void {
    if (piece.length === 0) return;
    piecesBytes += piece.length;
    if (piecesBytes <= JOB_LIMITS.maxRowBytes) pieces.push(piece);
    else pieces = [];
  }

  function emitHeld(): void {
    if (piecesBytes > JOB_LIMITS.maxRowBytes) {
      tooLongLines++;
      isFirst = false;
    } else {
      const line = joined(pieces, piecesBytes);
      emit(line, 0, line.length);
    }
    pieces = [];
    piecesBytes = 0;
  }

  function emit(bytes: Uint8Array, start: number, end: number): void {
    const from = isFirst ? start + markBytes(bytes.subarray(start, end)) : start;
    isFirst = false;
    onLine(bytes, from, end > from && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
  }
}

function joined(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

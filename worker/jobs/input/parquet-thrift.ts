/**
 * Reads only what is asked for of Thrift's compact encoding, in which Parquet's footer and page headers are: as objects a footer takes
 * more than ten times its bytes.
 *
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
import type { DataReader } from "hyparquet";
import { readVarInt, readZigZag, readZigZagBigInt } from "hyparquet/src/thrift.js";
import { corrupt } from "./parquet-fault.ts";

const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const SET = 10;
const STRUCT = 12;

/** Parquet has structures and lists at most 8 deep. */
const MAX_DEPTH = 32;

/** Reads a field's value, and goes behind it. @param type - As Thrift has it */
export type ReadField = (type: number, reader: DataReader) => void;

/** Goes through a structure's fields: those that are asked for are read, the others skipped. @throws Error at the end of the bytes */
export function readStruct(reader: DataReader, fields: Readonly<Record<number, ReadField>>): void {
  let id = 0;
  for (;;) {
    const header = nextByte(reader);
    const type = header & 0x0f;
    if (type === STOP) return;
    id = header >> 4 === 0 ? readZigZag(reader) : id + (header >> 4);
    (fields[id] ?? skip)(type, reader);
  }
}

/** Reads each of a list. */
export function listOf(readElement: ReadField): ReadField {
  return (type, reader) => {
    if (type !== LIST) throw corrupt("its metadata have a value where a list belongs");
    const { elementType, size } = listHeader(reader);
    for (let index = 0; index < size; index++) readElement(elementType, reader);
  };
}

export function readNumber(type: number, reader: DataReader): bigint {
  if (type <= BYTE || type >= DOUBLE) throw corrupt("its metadata lack a number");
  return readZigZagBigInt(reader);
}

export function readText(type: number, reader: DataReader): string {
  if (type !== BINARY) throw corrupt("its metadata lack a text");
  const length = readVarInt(reader);
  const { view, offset } = reader;
  forward(reader, length);
  return decoder.decode(new Uint8Array(view.buffer, view.byteOffset + offset, length));
}

const decoder = new TextDecoder();

/** Goes behind a value of any type. @throws Error if it is longer than the bytes */
export function skip(type: number, reader: DataReader, depth = 0): void {
  if (depth > MAX_DEPTH) throw corrupt("its metadata are too deep");
  switch (type) {
    case TRUE:
    case FALSE:
      return;
    case BYTE:
      return forward(reader, 1);
    case DOUBLE:
      return forward(reader, 8);
    case BINARY:
      return forward(reader, readVarInt(reader));
    case LIST:
    case SET: {
      const { elementType, size } = listHeader(reader);
      const bytes = elementType === TRUE || elementType === FALSE ? BYTE : elementType;
      for (let index = 0; index < size; index++) skip(bytes, reader, depth + 1);
      return;
    }
    case STRUCT:
      return skipStruct(reader, depth + 1);
    default:
      // The other types are numbers; of maps Parquet has none.
      if (type > STRUCT || type === 11) throw corrupt("its metadata have an unknown type");
      while (nextByte(reader) >= 0x80);
  }
}

function skipStruct(reader: DataReader, depth: number): void {
  for (;;) {
    const header = nextByte(reader);
    const type = header & 0x0f;
    if (type === STOP) return;
    if (header >> 4 === 0) readVarInt(reader);
    skip(type, reader, depth);
  }
}

function listHeader(reader: DataReader): { elementType: number; size: number } {
  const header = nextByte(reader);
  const size = header >> 4 === 15 ? readVarInt(reader) : header >> 4;
  // Each element has a byte at least.
  if (size < 0 || size > reader.view.byteLength - reader.offset) {
    throw corrupt("its metadata have a list that is longer than they are");
  }
  return { elementType: header & 0x0f, size };
}

function nextByte(reader: DataReader): number {
  return reader.view.getUint8(reader.offset++);
}

function forward(reader: DataReader, bytes: number): void {
  if (bytes < 0 || bytes > reader.view.byteLength - reader.offset) {
    throw corrupt("its metadata end within a value");
  }
  reader.offset += bytes;
}

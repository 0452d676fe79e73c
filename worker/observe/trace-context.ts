/**
 * Which trace a request belongs to, as W3C Trace Context has it: read from its headers, and passed on to whatever is called for it.
 *
 * What is not right to the letter counts as not sent. The service records no spans of its own: its record is the trace's id in the log.
 * @see https://www.w3.org/TR/trace-context-2/
 */

export interface TraceContext {
  /** 32 lower-case hex digits, not all 0. */
  traceId: string;
  /** Two hex digits: bit 0, somebody records the trace; bit 1, its id is random. */
  flags: string;
  /** What other systems say about it, `tracestate`. Default: nothing. */
  state?: string;
}

/** A trace that begins here is recorded, by the log, and has a random id. */
const OWN_FLAGS = "03";

const KNOWN_FLAGS = 0b11;

/** Members of a `tracestate` at most; one of more is not passed on. */
const MAX_MEMBERS = 32;

/** Characters of a `tracestate` that are passed on at most, in whole members from the first one on. */
const MAX_STATE_CHARS = 512;

/** The trace that the headers name, or else a new one. */
export function traceOf(headers: Headers): TraceContext {
  const parent = parseParent(headers.get("traceparent") ?? "");
  if (parent === undefined) return startTrace();
  const state = parseState(headers.get("tracestate") ?? "");
  return state === "" ? parent : { ...parent, state };
}

export function startTrace(): TraceContext {
  return { traceId: randomHex(), flags: OWN_FLAGS };
}

/** The headers of one call that is made for a request of this trace; each call is a parent of its own to what it causes. */
export function traceHeaders({ traceId, flags, state }: TraceContext): Record<string, string> {
  return {
    traceparent: `00-${traceId}-${randomHex().slice(16)}-${flags}`,
    ...(state !== undefined && { tracestate: state }),
  };
}

/** A version that is not known yet may have more at its end, and is read as far as 00 goes. */
function parseParent(value: string): TraceContext | undefined {
  const parts = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(value);
  if (parts === null) return undefined;
  const [, version, traceId, parentId, flags, more] = parts;
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (isZero(traceId!) || isZero(parentId!)) return undefined;
  return { traceId: traceId!, flags: `0${Number.parseInt(flags!, 16) & KNOWN_FLAGS}` };
}

const MEMBER =
  /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** The members that are passed on; empty if there are none, or one of them is wrong. */
function parseState(value: string): string {
  const members = value
    .split(",", 8 * MAX_MEMBERS)
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ""));
  const named = members.filter((member) => member !== "");
  const keys = new Set(named.map((member) => member.slice(0, member.indexOf("="))));
  if (named.length > MAX_MEMBERS || keys.size < named.length) return "";
  if (!named.every((member) => MEMBER.test(member))) return "";
  let state = "";
  for (const member of named) {
    const longer = state === "" ? member : `${state},${member}`;
    if (longer.length > MAX_STATE_CHARS) break;
    state = longer;
  }
  return state;
}

function isZero(digits: string): boolean {
  return /^0+$/.test(digits);
}

/** 32 digits, of which the last 14 are as random as flag 1 promises. */
function randomHex(): string {
  return crypto.randomUUID().replaceAll("-", "");
}

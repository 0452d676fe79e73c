/** Where a command reads and writes. */
import type { Readable } from "node:stream";

export interface Output {
  /** @param onWritten - Called when more may be written; of a reader that is slow, that takes its time. */
  write: (text: string | Uint8Array, onWritten?: () => void) => unknown;
  /** Whether a person reads it as it is written. */
  isTTY?: boolean | undefined;
  /** Cells of a line, if it is a terminal. */
  columns?: number | undefined;
}

export interface Terminal {
  env: Readonly<Record<string, string | undefined>>;
  stdin: Readable & { isTTY?: boolean | undefined };
  /** Results. */
  stdout: Output;
  /** Notes, progress and errors: never part of the result. */
  stderr: Output;
  /** Aborted when the user interrupts. */
  signal: AbortSignal;
  /** Has the user's next interruption call this, instead of ending the process as a second one else does. */
  onNextInterruption: (listener: () => void) => void;
}

/** Functions that dress a text. */
export type Paint = Record<"strong" | "faint", (text: string) => string>;

/**
 * Dresses texts for a terminal; elsewhere, and where the environment's NO_COLOR or TERM forbid it, texts stay as they are.
 * @see https://no-color.org
 */
export function paintFor(output: Output, env: Terminal["env"]): Paint {
  const dressed = output.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  const between = (start: number, end: number) => (text: string) =>
    dressed ? `\u001B[${start}m${text}\u001B[${end}m` : text;
  return { strong: between(1, 22), faint: between(2, 22) };
}

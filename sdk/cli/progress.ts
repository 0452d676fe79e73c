/** A progress bar on stderr; silent unless that is a terminal. */
import type { Output } from "./terminal.ts";

export interface Progress {
  /** Amount done so far, out of the total. */
  update: (done: number) => void;
  /** Removes the bar. */
  end: () => void;
}

const BAR_WIDTH = 24;
const CLEAR_LINE = "\r\u001B[2K";

/** @param total - Over 0. */
export function startProgress(stderr: Output, label: string, total: number): Progress {
  if (!stderr.isTTY) return { update: () => {}, end: () => {} };
  const update = (done: number): void => {
    const share = Math.min(1, done / total);
    const bar = "#".repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, "-");
    const line = `${label}  [${bar}] ${done} of ${total}`;
    stderr.write(CLEAR_LINE + line.slice(0, (stderr.columns ?? 80) - 1));
  };
  update(0);
  return { update, end: () => stderr.write(CLEAR_LINE) };
}

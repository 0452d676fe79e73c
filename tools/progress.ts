/** A progress bar on stderr, for work measured in bytes unless said otherwise; silent unless stderr is a terminal. */
import type { Terminal } from "./command-line.ts";

export interface Progress {
  /** Amount done so far, out of the total. */
  update: (done: number) => void;
  /** Removes the bar. */
  end: () => void;
}

/** Takes the bar off a terminal's line, for a note in its place. */
export function clearLine(stderr: Terminal["stderr"]): void {
  if (stderr.isTTY) stderr.write("\r\x1b[2K");
}

const BAR_WIDTH = 24;
const REDRAW_AFTER_MS = 100;

/**
 * @param total over 0
 * @param format writes an amount, with its unit
 */
export function startProgress(
  stderr: Terminal["stderr"],
  label: string,
  total: number,
  format: (amount: number) => string = formatBytes,
): Progress {
  if (!stderr.isTTY) return { update: () => {}, end: () => {} };
  const started = performance.now();
  let first: number | undefined;
  let drawn = -Infinity;
  return {
    update(done) {
      first ??= done;
      const now = performance.now();
      if (now - drawn < REDRAW_AFTER_MS && done < total) return;
      drawn = now;
      const share = Math.min(1, done / total);
      const bar = "#".repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, "-");
      const seconds = (now - started) / 1000;
      const rate = seconds > 0.5 ? `  ${format((done - first) / seconds)}/s` : "";
      const line = `${label}  [${bar}] ${Math.floor(share * 100)}%  ${format(done)} of ${format(total)}${rate}`;
      clearLine(stderr);
      stderr.write(line.slice(0, (stderr.columns ?? 80) - 1));
    },
    end() {
      clearLine(stderr);
    },
  };
}

/** Bytes for people, in powers of 1000: "90.9 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** The one place that writes to the log: a line of JSON each, whose fields Workers Logs indexes. */
import type { LogLevel, LogLine } from "./log-lines.ts";

export const LOG_LEVELS: readonly LogLevel[] = ["info", "warn", "error"];

/** By its own type: another one with `log` alone comes in with the compiler of `engine/assembly`. */
const output = console as Console;

let least: LogLevel = "info";

/** Lines below this level are left out from now on. Called once, when the isolate reads its settings. */
export function logFrom(level: LogLevel): void {
  least = level;
}

/** Writes by the console's method of the line's level, which is what Workers Logs and OpenTelemetry take the level from. */
export function writeLog(line: LogLine): void {
  const { level } = line;
  if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(least)) return;
  output[level === "info" ? "log" : level](JSON.stringify(line));
}

/** The frames of an error's stack, without its message, of which a line may look like a frame; undefined if they cannot be told apart. */
export function framesOf({ stack = "", message }: Error): string[] | undefined {
  const start = stack.indexOf(message);
  if (start < 0) return undefined;
  const lines = stack.slice(start + message.length).split("\n");
  return lines.filter((line) => /^\s+at /.test(line));
}

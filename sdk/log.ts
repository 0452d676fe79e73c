/** What the client says about its calls. Keys are redacted, texts never said. */

/** How much is said: "info" tells of tries that are repeated, "debug" of every try and answer. */
export type LogLevel = "off" | "error" | "warn" | "info" | "debug";

/**
 * What the client tells things to. The console is one, and so are most libraries' loggers.
 *
 * @example
 * ```ts
 * const lines: string[] = [];
 * const write = (message: string) => void lines.push(message);
 * const logger: Logger = { error: write, warn: write, info: write, debug: write };
 * ```
 */
export type Logger = Readonly<
  Record<Exclude<LogLevel, "off">, (message: string, facts?: object) => void>
>;

const LEVELS: readonly LogLevel[] = ["off", "error", "warn", "info", "debug"];

/** A logger that passes on only what is at least as grave as `level`. */
export function leveled(logger: Logger, level: LogLevel): Logger {
  const at = (own: Exclude<LogLevel, "off">): Logger["error"] =>
    LEVELS.indexOf(own) <= LEVELS.indexOf(level)
      ? (message, facts) => logger[own](`rerank: ${message}`, facts)
      : () => {};
  return { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
}

/** A level by its word; "warn" for any other. */
export function logLevelOf(word: string | undefined): LogLevel {
  return LEVELS.find((level) => level === word) ?? "warn";
}

/** Headers whose value is no secret. Of all others only the name is shown: what a gateway takes for a key has a hundred names. */
const SHOWN =
  /^(accept|content-type|traceparent|azureml-model-deployment|idempotency-key|x-request-id|x-request-timeout-ms|x-rerank-route)$/;

/** Headers as they may be shown. */
export function redacted(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    Array.from(headers, ([name, value]) => [name, SHOWN.test(name) ? value : "redacted"]),
  );
}

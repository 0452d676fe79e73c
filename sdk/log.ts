/** What the client says about its calls. Keys are redacted, texts never said. */

export type LogLevel = "off" | "error" | "warn" | "info" | "debug";

/** The console is one. */
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

const SECRET = /^(authorization|api-key|x-api-key|cookie)$/;

/** Headers as they may be shown. */
export function redacted(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    Array.from(headers, ([name, value]) => [name, SECRET.test(name) ? "redacted" : value]),
  );
}

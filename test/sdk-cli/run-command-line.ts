import { Readable } from "node:stream";
import { runCommandLine } from "../../sdk/cli/command-line.ts";

export interface CommandResult {
  exitCode: number;
  /** Written to stdout. */
  out: string;
  /** Written to stderr. */
  err: string;
}

export interface CommandSurroundings {
  env?: Record<string, string>;
  stdin?: Readable & { isTTY?: boolean };
  /** Whether stdout and stderr are terminals. Default false. */
  isTTY?: boolean;
  columns?: number;
  signal?: AbortSignal;
}

/** Runs the command line as `rerank ...argv` does. */
export async function runRerank(
  argv: readonly string[],
  surroundings: CommandSurroundings = {},
): Promise<CommandResult> {
  const { env = {}, stdin = Readable.from([]), isTTY = false, columns } = surroundings;
  let out = "";
  let err = "";
  const exitCode = await runCommandLine(argv, {
    env,
    stdin,
    stdout: { write: (text) => (out += text), isTTY, columns },
    stderr: { write: (text) => (err += text), isTTY, columns },
    signal: surroundings.signal ?? new AbortController().signal,
  });
  return { exitCode, out, err };
}

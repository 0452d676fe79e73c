import { Readable } from "node:stream";
import { runCommandLine } from "../../sdk/cli/command-line.ts";
import type { Output } from "../../sdk/cli/terminal.ts";

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
  /** Told what the process would call at the next interruption. */
  onNextInterruption?: (listener: () => void) => void;
  /** Told what is written to stderr, as it is written. */
  onStderr?: (text: string) => void;
}

/** Runs the command line as `rerank ...argv` does. */
export async function runRerank(
  argv: readonly string[],
  surroundings: CommandSurroundings = {},
): Promise<CommandResult> {
  const { env = {}, stdin = Readable.from([]), isTTY = false, columns, onStderr } = surroundings;
  let out = "";
  let err = "";
  const exitCode = await runCommandLine(argv, {
    env,
    stdin,
    stdout: { write: writer((text) => (out += text)), isTTY, columns },
    stderr: { write: writer((text) => (onStderr?.(text), (err += text))), isTTY, columns },
    signal: surroundings.signal ?? new AbortController().signal,
    onNextInterruption: surroundings.onNextInterruption ?? (() => {}),
  });
  return { exitCode, out, err };
}

function writer(write: (text: string) => void): Output["write"] {
  return (text, onWritten) => {
    write(typeof text === "string" ? text : new TextDecoder().decode(text));
    onWritten?.();
  };
}

#!/usr/bin/env node
/** Runs the command line in this process. */
import { runCommandLine } from "./command-line.ts";

const interruption = new AbortController();
// A second interruption ends the process at once, as if there were no listener, unless a command wants to be told of it.
process.once("SIGINT", () => interruption.abort());
// Who reads the results may have read enough, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

const { env, stdin, stdout, stderr } = process;
process.exitCode = await runCommandLine(process.argv.slice(2), {
  env,
  stdin,
  stdout,
  stderr,
  signal: interruption.signal,
  onNextInterruption: (listener) => void process.once("SIGINT", listener),
});

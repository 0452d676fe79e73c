/** What becomes of a job whose command is interrupted. */
import type { RerankClient } from "../../client.ts";
import type { Values } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import type { BATCH_OPTIONS } from "./options.ts";

/** Asks a person; without one, or without an answer, a job is not cancelled. */
export async function isToBeCanceled(terminal: Terminal): Promise<boolean> {
  const { stdin, stderr } = terminal;
  if (!stdin.isTTY || !stderr.isTTY) return false;
  stderr.write("\nCancel the job? It goes on without this program. [y/N] ");
  return /^y(es)?$/i.test((await answerOf(terminal)).trim());
}

/** @returns Whether the service has taken it */
export async function cancelJob(
  client: RerankClient,
  job: string,
  { stderr }: Terminal,
): Promise<boolean> {
  try {
    await client.jobs.cancel(job, { maxRetries: 2 });
    stderr.write(`The job ${job} is being canceled.\n`);
    return true;
  } catch {
    stderr.write(`The service did not take that: the job ${job} may go on.\n`);
    return false;
  }
}

/** A line as a person ends it; empty if there will be none, or at another interruption. */
function answerOf({ stdin, stderr, onNextInterruption }: Terminal): Promise<string> {
  return new Promise((resolve) => {
    const end = (chunk?: Buffer | string): void => {
      stdin.off("data", end).off("end", end).pause();
      resolve(chunk?.toString() ?? "");
    };
    onNextInterruption(() => {
      stderr.write("\n");
      end();
    });
    stdin.on("data", end).on("end", end);
  });
}

/** The command line that goes on with a job, for a shell. */
export function takeUpLine(job: string, values: Values<typeof BATCH_OPTIONS>): string {
  const given = ["output", "format", "errors", "server", "api-key-file"] as const;
  const options = given.flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [`--${name}`, quoted(value)];
  });
  const flags = values.keep ? ["--keep"] : [];
  return ["rerank batch --resume", job, ...options, ...flags].join(" ");
}

function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

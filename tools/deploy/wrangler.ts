import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export interface WranglerRun {
  /** Exit status; null if it was ended by a signal. */
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs wrangler for one Worker. */
export interface Wrangler {
  /** Its output is kept. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<WranglerRun>;
  /** It speaks to the user. @returns its exit status */
  show(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<number | null>;
}

/**
 * The project's own wrangler.
 *
 * @param config - The file that it reads, relative to the project.
 * @param env - Variables for all runs, before those of the process.
 */
export function projectWrangler(
  project: string,
  config: string,
  env: Readonly<Record<string, string>>,
): Wrangler {
  const start = (
    args: readonly string[],
    more: Readonly<Record<string, string>>,
    stdio: "pipe" | "inherit",
  ) =>
    spawn(
      process.execPath,
      [join(project, "node_modules/wrangler/bin/wrangler.js"), ...args, "--config", config],
      {
        cwd: project,
        env: { ...process.env, WRANGLER_SEND_METRICS: "false", ...env, ...more },
        stdio: ["inherit", stdio, stdio],
      },
    );
  const ended = (child: ReturnType<typeof start>): Promise<number | null> =>
    new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  return {
    async run(args, more = {}) {
      const child = start(args, more, "pipe");
      const [status, stdout, stderr] = await Promise.all([
        ended(child),
        text(child.stdout!),
        text(child.stderr!),
      ]);
      return { status, stdout, stderr };
    },
    show: (args, more = {}) => ended(start(args, more, "inherit")),
  };
}

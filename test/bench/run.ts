import { spawn } from "node:child_process";

/**
 * Runs a program to its end.
 *
 * @returns what it wrote to stdout
 * @throws Error with its last lines if it fails or ends by a signal
 */
export function run(
  program: string,
  args: readonly string[],
  { input = "", cwd, env }: { input?: string; cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(stdout);
      else {
        const lines = `${stdout}\n${stderr}`.trim().split("\n").slice(-15).join("\n");
        reject(new Error(`${program} ${args.join(" ")} ended with ${signal ?? code}:\n${lines}`));
      }
    });
    // A program that does not read its input closes the pipe: its exit code says what happened.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

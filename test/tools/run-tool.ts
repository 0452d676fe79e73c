import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll } from "vitest";
import { runCommandLine } from "../../tools/command-line.ts";
import { commands } from "../../tools/index.ts";

export interface ToolResult {
  exitCode: number;
  /** Printed results. */
  out: string;
  /** Notes and errors. */
  err: string;
}

/** Runs the operator's command line as `npm run tools -- argv` does, without a terminal. */
export async function runTool(
  argv: readonly string[],
  env: Record<string, string> = {},
  stdin = "",
): Promise<ToolResult> {
  let out = "";
  let err = "";
  const exitCode = await runCommandLine(commands, argv, {
    env,
    stdin: Readable.from([stdin]),
    print: (line) => (out += `${line}\n`),
    stderr: { write: (text) => (err += text) },
  });
  return { exitCode, out, err };
}

/** A folder for one test file, removed after its tests; each call of the result names a new path in it. */
export function temporaryFolder(): () => string {
  const folder = mkdtempSync(join(tmpdir(), "x-rerank-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let count = 0;
  return () => join(folder, String(count++));
}

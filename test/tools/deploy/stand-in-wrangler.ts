import { appendFileSync } from "node:fs";
import type { Wrangler } from "../../../tools/deploy/wrangler.ts";

export interface StandInWrangler extends Wrangler {
  /** Arguments of each run, in order. */
  runs: string[];
}

/**
 * In place of wrangler, which would need an account.
 *
 * @param outputs - By the first two arguments what it prints; anything else fails, as wrangler does where there is nothing.
 * @param uploaded - Id of the version that it reports to have uploaded.
 */
export function standInWrangler(
  outputs: Readonly<Record<string, string>>,
  uploaded = "",
): StandInWrangler {
  const runs: string[] = [];
  return {
    runs,
    async run(args) {
      runs.push(args.join(" "));
      const stdout = outputs[args.slice(0, 2).join(" ")];
      return stdout === undefined
        ? { status: 1, stdout: "", stderr: "there is none" }
        : { status: 0, stdout, stderr: "" };
    },
    async show(args, env = {}) {
      runs.push(args.join(" "));
      const report = env["WRANGLER_OUTPUT_FILE_PATH"];
      // Two of the lines that wrangler 4.164 writes.
      if (report !== undefined) {
        const lines = [
          { type: "wrangler-session", version: 1 },
          { type: "version-upload", version: 1, version_id: uploaded },
        ];
        appendFileSync(report, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
      }
      return 0;
    },
  };
}

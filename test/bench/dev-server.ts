/** The service in `wrangler dev`, which has the stores that a bare workerd lacks. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "./paths.ts";

export interface DevServer {
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts a project that was built before, with empty stores.
 * @param project - From `stageProject`, bundled.
 */
export async function startDevServer(
  project: string,
  variables: Readonly<Record<string, string>>,
): Promise<DevServer> {
  const state = join(project, "state");
  await rm(state, { recursive: true, force: true });
  const config = await readFile(join(project, "wrangler.toml"), "utf8");
  await writeFile(
    join(project, "wrangler.dev.toml"),
    `${config.replace(/^\[build\]\n(?:[^[\n].*\n)*/m, "")}
[[kv_namespaces]]
binding = "SCORE_CACHE_KV"
id = "scores"
`,
  );
  const flags = [
    "--config=wrangler.dev.toml",
    "--ip=127.0.0.1",
    "--port=0",
    "--inspector-port=0",
    `--persist-to=${state}`,
    "--show-interactive-dev-session=false",
    ...Object.entries({ RERANK_AUTH: "off", ...variables }).map(
      ([name, value]) => `--var=${name}:${value}`,
    ),
  ];
  const child = spawn(
    process.execPath,
    [join(ROOT, "node_modules/wrangler/bin/wrangler.js"), "dev", ...flags],
    {
      cwd: project,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" },
    },
  );
  // If the benchmark fails midway.
  const killer = (): boolean => child.kill();
  process.once("exit", killer);
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      log += `${line}\n`;
      const ready = /Ready on (http:\S+)/.exec(line);
      if (ready) resolve(ready[1]!);
    });
    child.once("exit", () => reject(new Error(`wrangler dev ended:\n${log}`)));
  });
  return {
    url,
    async stop() {
      const ended = once(child, "exit");
      killer();
      await ended;
      process.off("exit", killer);
    },
  };
}

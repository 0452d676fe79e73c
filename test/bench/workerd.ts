/** A bundle in a fresh workerd of its own, without wrangler between. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { unstable_readConfig } from "wrangler";
import type { Bundle } from "./bundle.ts";
import { ROOT } from "./paths.ts";
import { run } from "./run.ts";

/** Resident memory of a process, MB of 10^6 bytes. */
export interface ResidentMemory {
  /** Now, and the most it ever was. */
  nowMb: number;
  peakMb: number;
  /** What of it now belongs to files, nearly all to workerd's own program: pages that every Worker of the process shares. */
  programMb: number;
}

export interface RunningWorker {
  /** From starting the process to its accepting connections. */
  startMs: number;
  url: string;
  /** POST of a value as JSON; the body of the answer. */
  post(path: string, body: unknown): Promise<unknown>;
  /** Linux only. */
  memory(): Promise<ResidentMemory>;
  /** Ends the process, whatever it is doing. @param signal - Default SIGTERM. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const WORKERD = workerdBinary();

/**
 * Compiles a bundle and workerd into one program, so that no configuration is parsed at its start. Its assets stay outside: workerd
 * reads them from the disk, where Cloudflare fetches them from another process. It can call this machine and no other, and asks for no key unless RERANK_AUTH is
 * one of its variables.
 *
 * @param variables - Names of those that are set when it starts, as those of wrangler.toml are when it is deployed.
 * @param heapMb - Of JavaScript's objects, at most. Default: V8's own limit, which depends on the machine.
 */
export async function compileWorker(
  { folder, assets }: Bundle,
  variables: readonly string[] = [],
  heapMb?: number,
): Promise<string> {
  const { compatibility_date, compatibility_flags } = unstable_readConfig({
    config: join(ROOT, "wrangler.toml"),
  });
  const files = await readdir(folder);
  const main = files.find((file) => file.endsWith(".js"));
  const modules = files
    .filter((file) => file.endsWith(".wasm"))
    .map((file) => `, (name = "${file}", wasm = embed "${file}")`);
  const bindings = variables.map((name) => `, (name = "${name}", fromEnvironment = "${name}")`);
  if (!variables.includes("RERANK_AUTH")) bindings.push(', (name = "RERANK_AUTH", text = "off")');
  const v8Flags = heapMb === undefined ? "" : `,\n  v8Flags = ["--max-old-space-size=${heapMb}"]`;
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "assets", disk = (path = "${assets}")),
    (name = "internet", network = (allow = ["local"]))
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]${v8Flags}
);
const main :Workerd.Worker = (
  modules = [(name = "${main}", esModule = embed "${main}")${modules.join("")}],
  bindings = [(name = "ASSETS", service = "assets")${bindings.join("")}],
  compatibilityDate = "${compatibility_date}",
  compatibilityFlags = ${JSON.stringify(compatibility_flags)}
);
`;
  const program = join(folder, "worker.bin");
  await writeFile(join(folder, "worker.capnp"), config);
  await run(
    "sh",
    ["-c", `"$0" compile worker.capnp > worker.bin && chmod +x worker.bin`, WORKERD],
    {
      cwd: folder,
    },
  );
  return program;
}

/**
 * Starts what {@link compileWorker} made.
 *
 * @param variables - A value of each that it was compiled with.
 * @param port - Default: one that is free.
 */
export async function startWorker(
  program: string,
  variables: Readonly<Record<string, string>> = {},
  port = 0,
): Promise<RunningWorker> {
  const started = performance.now();
  const child = spawn(program, ["--control-fd=3", `--socket-addr=http=127.0.0.1:${port}`], {
    env: { ...process.env, ...variables },
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  // If the benchmark fails midway.
  const killer = (): boolean => child.kill();
  process.once("exit", killer);
  const [line] = (await once(createInterface(child.stdio[3] as Readable), "line")) as [string];
  const startMs = performance.now() - started;
  const { port: listening } = JSON.parse(line) as { port: number };
  const url = `http://127.0.0.1:${listening}`;
  return {
    startMs,
    url,
    async post(path, body) {
      const headers = { "content-type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify(body) };
      const response = await fetch(`${url}${path}`, init);
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response.json();
    },
    async memory() {
      const status = await readFile(`/proc/${child.pid}/status`, "utf8");
      const megabytes = (field: string): number =>
        (Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024) / 1e6;
      return {
        nowMb: megabytes("VmRSS"),
        peakMb: megabytes("VmHWM"),
        programMb: megabytes("RssFile"),
      };
    },
    async stop(signal) {
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
      process.off("exit", killer);
    },
  };
}

/** The program itself: the package's own command is a script that starts it. */
function workerdBinary(): string {
  const require = createRequire(import.meta.url);
  const { default: path } = require("workerd") as { default: string };
  return path;
}

/**
 * The service in workerd itself, without wrangler between: what it calls is what it would call where it is deployed, and a client that
 * hangs up is a closed connection. The bundle is the production one, with a model so small that the edge's work costs nothing.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { beforeAll, expect } from "vitest";
import { unstable_readConfig } from "wrangler";
import { run } from "../bench/run.ts";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { stagedProject } from "../staged-project.ts";
import { startFaultyUpstream, type FaultyUpstream } from "../upstream/faulty-upstream.ts";
import { REQUEST_WORD, SMALL_MODEL } from "./fault-requests.ts";

/** A service of its own process, with a circuit and a queue that nobody else has. */
export interface FaultService {
  /** POST of a value as JSON. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /**
   * The same from a client that hangs up when the function is called that this returns. It resets the connection: one that is closed may be
   * closed for sending alone, and workerd goes on answering it.
   */
  postAndHangUp(path: string, body: unknown, headers?: Record<string, string>): () => void;
  get(path: string): Promise<Response>;
  /** Everything that it has written until now. */
  logs(): string;
  /** Whether the process that was started is the one that runs. */
  isAlive(): boolean;
  stop(): Promise<void>;
}

/** A service and the backend that it has. */
export interface Backed {
  service: FaultService;
  upstream: FaultyUpstream;
}

/**
 * Starts a service with a backend of TEI's protocol that can be told to misbehave, and settings over {@link FAULT_VARS}, of which BACKEND_URL is
 * a path at that backend; stops both after the checks. Whatever those are about, at their end the same process must run as at their start, and its log must hold no secret and no text.
 */
export type WithBackend = (
  vars: Readonly<Record<string, string>>,
  check: (backed: Backed) => Promise<void>,
) => Promise<void>;

/** The backend's secret. */
export const API_KEY = "canary-of-the-backend";

/** Large is what has more than 200 tokens; the edge stands in for the backend up to 2,000. */
export const FAULT_VARS: Readonly<Record<string, string>> = {
  RERANK_AUTH: "off",
  EDGE_MAX_TOKENS: "200",
  EDGE_FALLBACK_MAX_TOKENS: "2000",
  BACKEND_PROTOCOL: "tei",
  BACKEND_API_KEY: API_KEY,
};

const JSON_CONTENT = { "content-type": "application/json" };

const ROOT = join(import.meta.dirname, "../..");

/** Bundles the service before the tests of a file. */
export function useFaultyBackends(): WithBackend {
  const project = stagedProject();
  const model = packedFolder(SMALL_MODEL);
  const bundle = join(project, "bundle");
  let started = 0;
  beforeAll(async () => {
    const wrangler = join(ROOT, "node_modules/.bin/wrangler");
    await run(wrangler, ["deploy", "--dry-run", "--outdir", bundle], {
      cwd: project,
      env: { ...process.env, MODEL: model, WRANGLER_SEND_METRICS: "false" },
    });
  });

  return async (vars, check) => {
    const upstream = await startFaultyUpstream();
    const config = join(bundle, `service-${started++}.capnp`);
    const address = new URL(vars["BACKEND_URL"] ?? "", upstream.url);
    const settings = { ...FAULT_VARS, ...vars, BACKEND_URL: address.href };
    writeFileSync(config, configText(bundle, join(project, "worker/build"), settings));
    const service = await start(config);
    try {
      await check({ service, upstream });
      expect(service.isAlive()).toBe(true);
      expectNothingTold(service.logs());
      expect(service.logs()).not.toMatch(/uncaught|"event":"exception"/i);
    } finally {
      await service.stop();
      await upstream.close();
    }
  };
}

/** Neither the key, nor a word of a request, nor what the backend says. */
export function expectNothingTold(text: string): void {
  expect(text).not.toContain(API_KEY);
  expect(text).not.toMatch(REQUEST_WORD);
  expect(text).not.toContain("Told to answer");
}

/** As it is deployed, except that it can reach this machine alone. */
function configText(
  bundle: string,
  assets: string,
  vars: Readonly<Record<string, string>>,
): string {
  const deployed = unstable_readConfig({ config: join(ROOT, "wrangler.toml") });
  const wasm = readdirSync(bundle).filter((file) => file.endsWith(".wasm"));
  const modules = wasm.map((file) => `, (name = "${file}", wasm = embed "${file}")`);
  const variables = Object.entries({ ...deployed.vars, ...vars }).map(([name, value]) => {
    const [type, text] =
      typeof value === "string" ? ["text", value] : ["json", JSON.stringify(value)];
    return `, (name = "${name}", ${type} = ${JSON.stringify(text)})`;
  });
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "assets", disk = (path = "${assets}")),
    (name = "internet", network = (allow = ["local"]))
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "index.js")${modules.join("")}],
  bindings = [(name = "ASSETS", service = "assets")${variables.join("")}],
  compatibilityDate = "${deployed.compatibility_date}",
  compatibilityFlags = ${JSON.stringify(deployed.compatibility_flags)}
);
`;
}

async function start(config: string): Promise<FaultService> {
  const { default: workerd } = createRequire(import.meta.url)("workerd") as { default: string };
  const child = spawn(workerd, ["serve", "--control-fd=3", config], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let logs = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding("utf8").on("data", (text: string) => (logs += text));
  const listening = once(createInterface(child.stdio[3] as Readable), "line");
  const ended = once(child, "exit");
  const first = await Promise.race([listening, ended.then(() => undefined)]);
  if (first === undefined) throw new Error(`workerd ended:\n${logs}`);
  const { port } = JSON.parse(first[0] as string) as { port: number };
  const url = `http://127.0.0.1:${port}`;
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    post: (path, body, headers = {}) =>
      fetch(`${url}${path}`, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { ...JSON_CONTENT, ...headers },
      }),
    postAndHangUp(path, body, headers = {}) {
      const init = { method: "POST", headers: { ...JSON_CONTENT, ...headers } };
      const client = request(`${url}${path}`, init);
      // It is told that its connection is gone.
      client.on("error", () => {}).end(JSON.stringify(body));
      return () => client.socket!.resetAndDestroy();
    },
    get: (path) => fetch(`${url}${path}`),
    logs: () => logs,
    isAlive,
    async stop() {
      if (!isAlive()) return;
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Requests that an isolate holds. */
export function queueSize(service: FaultService): Promise<number> {
  return metric(service, "te_queue_size");
}

/** The sum of a metric over its labels. */
export async function metric(service: FaultService, name: string): Promise<number> {
  const text = await (await service.get("/metrics")).text();
  const samples = text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\d+)$`, "gm"));
  return [...samples].reduce((sum, [, value]) => sum + Number(value), 0);
}

/** Waits until something is so. @throws Error after some seconds. */
export async function until(isSo: () => boolean | Promise<boolean>, seconds = 5): Promise<void> {
  const giveUpMs = performance.now() + seconds * 1_000;
  while (!(await isSo())) {
    if (performance.now() > giveUpMs) throw new Error(`it never came to ${isSo}`);
    await setTimeout(5);
  }
}

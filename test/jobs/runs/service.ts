/**
 * READ FIRST. The service in `wrangler dev`, which has R2 and Workflows, as a group of processes that can lose its power at any moment and
 * be started again on what it had written.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { WRANGLER, type ServiceBundle } from "./bundle.ts";
import { membersOf, residentMb, signal } from "./process-group.ts";
import { freePort } from "../../free-port.ts";

export interface JobService {
  /** `http://127.0.0.1:port`, the same after each start. */
  readonly url: string;
  readonly inspectorPort: number;
  /** Starts it on what it has kept. Resolves when it accepts connections. */
  start(): Promise<void>;
  /** A power cut: SIGKILL to workerd, then to all that it was started by. Resolves when none of them is left. */
  kill(): Promise<void>;
  /** Ends it; it can be started again. */
  stop(): Promise<void>;
  /** Resident memory of the workerd that the Worker runs in, and the local R2 and Workflows with it; MB of 10^6 bytes. */
  memory(): { nowMb: number; peakMb: number };
  /** What it has written to its log since its first start. */
  logs(): string;
}

/** Of a start. */
const START_MS = 60_000;

/**
 * A service with empty stores, not yet started.
 * @param vars - Over those of wrangler.toml. Default: no request needs a key.
 */
export async function jobService(
  { folder, config }: ServiceBundle,
  vars: Readonly<Record<string, string>> = {},
): Promise<JobService> {
  const state = mkdtempSync(join(folder, "state-"));
  const temporary = mkdtempSync(join(folder, "tmp-"));
  const port = await freePort();
  const inspectorPort = await freePort();
  const args = [
    WRANGLER,
    "dev",
    `--config=${config}`,
    "--ip=127.0.0.1",
    `--port=${port}`,
    `--inspector-port=${inspectorPort}`,
    `--persist-to=${state}`,
    "--show-interactive-dev-session=false",
    ...Object.entries({ RERANK_AUTH: "off", ...vars }).map(
      ([name, value]) => `--var=${name}:${value}`,
    ),
  ];
  let child: ChildProcess | undefined;
  let logs = "";
  const workerds = () => membersOf(child!.pid!).filter(({ program }) => program === "workerd");
  // Whatever becomes of this process, nothing of it stays. Before its folder is removed, into which it writes.
  process.prependOnceListener("exit", () => child && signal(-child.pid!, "SIGKILL"));

  const service: JobService = {
    url: `http://127.0.0.1:${port}`,
    inspectorPort,
    async start() {
      child = spawn(process.execPath, args, {
        cwd: folder,
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          ...process.env,
          CI: "true",
          NO_COLOR: "1",
          WRANGLER_SEND_METRICS: "false",
          // Wrangler's own record of every call and step would be most of what workerd holds after a while.
          X_LOCAL_OBSERVABILITY: "false",
          WRANGLER_LOG_PATH: join(folder, "logs"),
          // What it cannot remove when it is killed.
          TMPDIR: temporary,
        },
      });
      child.stderr!.setEncoding("utf8").on("data", (text: string) => (logs += text));
      const lines = createInterface(child.stdout!);
      const ready = new Promise<void>((resolve) => {
        lines.on("line", (line) => {
          logs += `${line}\n`;
          if (line.includes("Ready on ")) resolve();
        });
      });
      const ended = once(child, "exit").then(() => "ended" as const);
      const end = await Promise.race([ready, ended, sleep(START_MS, "late", { ref: false })]);
      if (end !== undefined) throw new Error(`wrangler dev ${end}:\n${logs.slice(-5_000)}`);
    },
    async kill() {
      for (const { pid } of workerds()) signal(pid, "SIGKILL");
      signal(-child!.pid!, "SIGKILL");
      await allGone(child!.pid!);
    },
    async stop() {
      if (child === undefined) return;
      signal(-child.pid!, "SIGTERM");
      await allGone(child.pid!);
      child = undefined;
    },
    memory() {
      const all = workerds().map(({ pid }) => residentMb(pid));
      return all.reduce((most, each) => (each.nowMb > most.nowMb ? each : most));
    },
    logs: () => logs,
  };
  return service;
}

/** Milliseconds that a group has to end by itself. */
const GRACE_MS = 5_000;

async function allGone(leader: number): Promise<void> {
  const startMs = performance.now();
  while (membersOf(leader).length > 0) {
    if (performance.now() - startMs > GRACE_MS) signal(-leader, "SIGKILL");
    await sleep(10);
  }
}

/** The upstream of `test/upstream` in a process of its own, so that it takes no time of the driver's thread. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "./paths.ts";

export interface UpstreamProcess {
  /** `http://127.0.0.1:port`. */
  url: string;
  /** Ends it: its connections are cut, and its port refuses others until it is started there again. */
  stop(): Promise<void>;
}

/**
 * Starts an upstream that answers each call after `delayMs`, as a GPU that takes so long would.
 * @param port - Default: any that is free.
 */
export async function startUpstream(delayMs: number, port = 0): Promise<UpstreamProcess> {
  const program = join(ROOT, "test/upstream/serve.ts");
  const fault = JSON.stringify(delayMs === 0 ? null : { kind: "delay", ms: delayMs });
  const child = spawn(process.execPath, [program, "--port", String(port), "--fault", fault], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  // If the benchmark fails midway.
  const killer = (): boolean => child.kill();
  process.once("exit", killer);
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const url = /^Listening on (\S+)$/.exec(line)?.[1];
  if (url === undefined) throw new Error(`the upstream said: ${line}`);
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

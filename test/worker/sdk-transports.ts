/** All ways in which a client of the SDK can have its calls computed. */
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { createTestHarness } from "wrangler";
import type { PackedModel } from "../../engine/index.ts";
import { RerankClient } from "../../sdk/index.ts";
import { LocalRerankClient } from "../../sdk/local/index.ts";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { threadWorker } from "../sdk-local/thread-worker.ts";
import { stagedProject } from "../staged-project.ts";
import { outcomeOf, type Outcome, type SdkCall } from "./sdk-call.ts";
import { WORKER_NAME } from "./worker-name.ts";

/** The first two have a service. */
export type Transport = "HTTP" | "a service binding" | "local mode" | "local mode in a worker";

export interface Transports {
  /** Makes a call over all of them, each after the other. */
  each(call: SdkCall): Promise<Record<Transport, Outcome>>;
  /** The same; what it comes to must not depend on the transport, but for who computed it. */
  agreed(call: SdkCall): Promise<Outcome>;
}

/**
 * Starts the transports before the tests of a file and ends them after.
 *
 * @param models - All are served; in local mode a client has one of them, the first unless a call names another.
 */
export function useTransports(models: readonly PackedModel[]): Transports {
  const server = createTestHarness({
    root: stagedProject(),
    workers: [
      { configPath: "wrangler.toml", vars: { RERANK_AUTH: "off" } },
      {
        config: {
          name: "caller",
          main: join(import.meta.dirname, "sdk-caller-worker.ts"),
          compatibility_date: "2026-11-01",
          services: [{ binding: "RERANK", service: WORKER_NAME }],
        },
      },
    ],
  });
  const folders = models.map(packedFolder);
  let remote: RerankClient;
  beforeAll(async () => {
    // Read by the build command that wrangler runs first.
    process.env["MODEL"] = folders.join(",");
    const { url } = await server.listen();
    remote = new RerankClient({ baseURL: url.href, apiKey: "", maxRetries: 0, logLevel: "off" });
  });
  const here = localClients(folders, models, {});
  const inWorker = localClients(folders, models, { worker: threadWorker });
  afterAll(async () => {
    for (const client of [...here.values(), ...inWorker.values()]) client.close();
    await server.close();
  });

  const bound = async (call: SdkCall): Promise<Outcome> => {
    const init = { method: "POST", body: JSON.stringify(call) };
    const response = await server.getWorker("caller").fetch("http://caller/", init);
    return (await response.json()) as Outcome;
  };
  const transports: Transports = {
    each: async (call) => ({
      HTTP: await outcomeOf(remote, call),
      "a service binding": await bound(call),
      "local mode": await outcomeOf(clientOf(here, call), call),
      "local mode in a worker": await outcomeOf(clientOf(inWorker, call), call),
    }),
    agreed: async (call) => {
      const { HTTP: expected, ...others } = Object.fromEntries(
        Object.entries(await transports.each(call)).map(([transport, outcome]) => {
          const { servedBy: _, routeReason: _reason, ...same } = outcome;
          return [transport, same];
        }),
      );
      for (const [transport, outcome] of Object.entries(others))
        expect({ [transport]: outcome }).toStrictEqual({ [transport]: expected });
      return expected!;
    },
  };
  return transports;
}

/** By the name of their model. */
function localClients(
  folders: readonly string[],
  models: readonly PackedModel[],
  options: { worker?: typeof threadWorker },
): Map<string, LocalRerankClient> {
  return new Map(
    models.map(({ manifest }, index) => [
      (manifest as { name: string }).name,
      new LocalRerankClient({ model: folders[index], logLevel: "off", ...options }),
    ]),
  );
}

function clientOf(
  clients: ReadonlyMap<string, LocalRerankClient>,
  { model = "" }: SdkCall,
): LocalRerankClient {
  return clients.get(model) ?? [...clients.values()][0]!;
}

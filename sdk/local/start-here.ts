import { loadEngine } from "./load-engine.ts";
import type { LocalHost } from "./local-host.ts";
import { LocalService } from "./local-service.ts";
import type { LocalClientOptions } from "./options.ts";

/** A model that is loaded and computes in this thread. @throws RerankError */
export async function startHere(options: LocalClientOptions): Promise<LocalHost> {
  return new LocalService(await loadEngine(options));
}

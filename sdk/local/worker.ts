/** The script of local mode's Web Worker: loads a model, then answers requests. */
import { isRerankError, rerankError } from "../errors.ts";
import { loadEngine } from "./load-engine.ts";
import { LocalService } from "./local-service.ts";
import type { FromWorker, ToWorker } from "./worker-messages.ts";

const scope = globalThis as unknown as {
  postMessage(message: FromWorker): void;
  addEventListener(type: "message", listener: (event: { data: ToWorker }) => void): void;
};

let service: LocalService | undefined;

/** Of the requests that are open, by their id. */
const aborts = new Map<number, AbortController>();

scope.addEventListener("message", ({ data }) => {
  switch (data.type) {
    case "load":
      void load(data);
      break;
    case "request":
      void answer(data);
      break;
    case "abort":
      aborts.get(data.id)?.abort();
  }
});

async function load({ model, cache, engine }: ToWorker & { type: "load" }): Promise<void> {
  try {
    const onProgress = (progress: (FromWorker & { type: "progress" })["progress"]): void =>
      scope.postMessage({ type: "progress", progress });
    service = new LocalService(await loadEngine({ model, cache, engine, onProgress }));
    scope.postMessage({ type: "loaded" });
  } catch (error) {
    const known = isRerankError(error)
      ? error
      : rerankError("server", "The worker cannot load the model.", { code: "internal" });
    const { kind, message, status, code, param } = known;
    scope.postMessage({ type: "failed", failure: { kind, message, status, code, param } });
  }
}

async function answer({ id, request }: ToWorker & { type: "request" }): Promise<void> {
  const abort = new AbortController();
  aborts.set(id, abort);
  try {
    const answered = await service!.answer(request, abort.signal);
    scope.postMessage({ type: "answer", id, answer: answered });
  } catch {
    // Aborted: nobody waits.
  } finally {
    aborts.delete(id);
  }
}

import { ModelError } from "../../engine/model-error.ts";
import { isRerankError, rerankError, type RerankError } from "../errors.ts";

/** Why a model was not loaded, as one of this package's errors. */
export function loadError(error: unknown, signal: AbortSignal | undefined): RerankError {
  if (signal?.aborted)
    return rerankError("aborted", "Loading the model was ended by its signal.", {
      code: "aborted",
      cause: signal.reason,
    });
  if (isRerankError(error)) return error;
  const facts = { code: "model_unavailable", param: "model", cause: error };
  if (error instanceof ModelError)
    return rerankError(
      "invalid_request",
      `The model cannot be loaded: ${error.problem}. The folder must be node_modules/@x/rerank-sdk/model/ or a packed model of the service's tools.`,
      facts,
    );
  if (!(globalThis as { crypto?: Partial<Crypto> }).crypto?.subtle)
    return rerankError(
      "invalid_request",
      "The model's files cannot be checked here: a page needs https or localhost for that.",
      facts,
    );
  if (error instanceof WebAssembly.CompileError)
    return rerankError(
      "invalid_request",
      "The engine may not be compiled here: a page's Content-Security-Policy needs 'wasm-unsafe-eval', a Worker the option engine.",
      { ...facts, code: "engine_unavailable", param: "engine" },
    );
  return rerankError(
    "connection",
    "The model's files could not be read: check the option model and the network.",
    facts,
  );
}

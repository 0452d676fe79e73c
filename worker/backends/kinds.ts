/** The kinds of backend, by the value of BACKEND_PROTOCOL. */
import { azureMl } from "./azure-ml.ts";
import type { BackendKind } from "./backend.ts";
import type { BackendProtocolName } from "./backend-settings.ts";
import { cohere } from "./cohere.ts";
import { infinity } from "./infinity.ts";
import { jina } from "./jina.ts";
import { nim } from "./nim.ts";
import { rerank } from "./rerank.ts";
import { tei } from "./tei.ts";
import { vllm } from "./vllm.ts";
import { workersAi } from "./workers-ai.ts";

/** Azure ML is here with the generation in use today, c; {@link azureMl} has the others. */
export const BACKEND_KINDS: Readonly<Record<BackendProtocolName, BackendKind>> = {
  "azure-ml": azureMl("c"),
  tei,
  infinity,
  vllm,
  cohere,
  jina,
  nim,
  "workers-ai": workersAi,
  rerank,
};

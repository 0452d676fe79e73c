/** Carries the service's modules and uses none of them: what the runtime itself keeps of a bundle. */
import engineModule from "../../../engine/build/engine.wasm";
import tokenizer from "../../../models/rerank-minilm-l6/tokenizer.json";
import weights from "../../../models/rerank-minilm-l6/weights.safetensors";

export default {
  fetch: () => new Response([engineModule, tokenizer, weights].map((value) => typeof value).join()),
} satisfies ExportedHandler;

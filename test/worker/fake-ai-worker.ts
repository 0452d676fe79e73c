/** Stands in for Workers AI, which has no local models: a reranker by the binding's one method. */
import { WorkerEntrypoint } from "cloudflare:workers";

interface Input {
  query: string;
  contexts: { text: string }[];
  top_k: number;
}

export default class FakeAi extends WorkerEntrypoint {
  override fetch(): Response {
    return new Response("an entrypoint without pages");
  }

  /** The longer the text, the better it is; best first, as there. */
  run(model: string, { query, contexts, top_k }: Input): object {
    if (model !== "@cf/baai/bge-reranker-base") throw new Error(`5007: No such model ${model}`);
    if (query === "fail") throw new Error("3040: No more data centers to forward the request to");
    const response = contexts.map(({ text }, id) => ({ id, score: text.length }));
    return { response: response.sort((a, b) => b.score - a.score).slice(0, top_k) };
  }
}

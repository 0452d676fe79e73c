// A Worker that ranks through a service binding: bundled as wrangler bundles, without a platform's own modules.
import { RerankClient } from "@x/rerank-sdk";

interface Env {
  RERANK: { fetch(url: string, init: RequestInit): Promise<Response> };
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const client = new RerankClient({
      baseURL: "https://rerank.internal",
      fetch: (url, init) => env.RERANK.fetch(url, init),
    });
    const query = new URL(request.url).searchParams.get("q") ?? "";
    const documents = ["Venus", "Mars is the red planet"];
    const { results } = await client.rerank({ query, documents, topN: 1 });
    // What is loaded when it is used is in the bundle, too.
    const file = await client.files.upload("query.txt", query);
    return Response.json([results[0]?.document, file.bytes]);
  },
};

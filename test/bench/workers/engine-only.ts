/** The engine without the service: answers how long texts take from string to logit, in milliseconds by the Worker's own clock. */
import { DEFAULT_MODEL } from "../../../worker/models.ts";

export default {
  async fetch(request) {
    const { query, documents } = await request.json<{ query: string; documents: string[] }>();
    const model = await DEFAULT_MODEL.load(() => {});
    const pairs = documents.map((document) => [query, document] as const);
    // workerd's clock runs on while code runs; Cloudflare's would stand still.
    const start = performance.now();
    const logits = model.score(pairs);
    return Response.json({ engineMs: performance.now() - start, logits: Array.from(logits) });
  },
} satisfies ExportedHandler;

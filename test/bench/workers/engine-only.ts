/** The engine without the service: answers how long pairs take from string to logit, in milliseconds by the Worker's own clock. */
import { DEFAULT_MODEL } from "../../../worker/models.ts";

export default {
  async fetch(request) {
    const { pairs } = await request.json<{ pairs: [query: string, document: string][] }>();
    const model = await DEFAULT_MODEL.load(() => {});
    // workerd's clock runs on while code runs; Cloudflare's would stand still.
    const start = performance.now();
    const logits = model.score(pairs);
    return Response.json({ engineMs: performance.now() - start, logits: Array.from(logits) });
  },
} satisfies ExportedHandler;

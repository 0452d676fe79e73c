import { Hono } from "hono";
import { isRerankError } from "@x/rerank-sdk";
import { rerank } from "@x/rerank-sdk/hono";

interface Hit {
  id: string;
  text: string;
}

/** Stands for your search engine: what it finds first need not be best. */
const HITS: readonly Hit[] = [
  { id: "venus", text: "Venus is the hottest planet." },
  { id: "mars", text: "Mars is the red planet, with rust in its soil." },
  { id: "mercury", text: "Mercury is the smallest planet." },
];

const app = new Hono().use(rerank()).get("/search", async (c) => {
  const query = c.req.query("q");
  if (!query) return c.json({ message: "Say what you look for: ?q=" }, 400);
  const { signal } = c.req.raw;
  const { results } = await c.var.rerank.rerank({ query, documents: HITS, topN: 2 }, { signal });
  return c.json(results.map(({ document, score }) => ({ ...document, score })));
});

app.onError((error, c) => {
  if (!isRerankError(error)) throw error;
  console.error(error.message, error.requestId);
  return c.json({ message: "The hits could not be ranked." }, error.retryable ? 503 : 500);
});

export default app;

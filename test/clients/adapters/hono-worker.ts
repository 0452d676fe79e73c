/** A Worker that hands what it is asked to rank to the service behind its binding. */
import { Hono } from "hono";
import { rerank } from "../../../sdk/hono.ts";

const app = new Hono();

/** The client of the request before. */
let before: unknown;

app.use(rerank({ maxRetries: 0 })).post("/", async (c) => {
  const { query, documents } = await c.req.json<{ query: string; documents: string[] }>();
  const client = c.var.rerank;
  const isSame = before === client;
  before = client;
  const { signal } = c.req.raw;
  const { results } = await client.rerank({ query, documents }, { signal });
  return c.json({ results, isSame });
});

export default app;

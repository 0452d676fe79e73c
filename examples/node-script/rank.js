// Ranks the lines of a file for a query: node rank.js QUERY FILE
import { readFile } from "node:fs/promises";
import { isRerankError, RerankClient } from "@x/rerank-sdk";
import { LocalRerankClient } from "@x/rerank-sdk/local";

const [query, file] = process.argv.slice(2);
const documents = (await readFile(file, "utf8")).split("\n").filter(Boolean);

const client = process.env.RERANK_BASE_URL ? new RerankClient() : new LocalRerankClient();
try {
  const { results } = await client.rerank({ query, documents, topN: 3 });
  for (const { score, document } of results) console.log(score.toFixed(3), document);
} catch (error) {
  if (!isRerankError(error)) throw error;
  console.error(error.message, error.requestId ?? "");
  process.exitCode = 1;
}

import { RerankClient } from "@x/rerank-sdk";

interface Hit {
  id: string;
  title: string;
  body: string;
}

export async function GET(request: Request): Promise<Response> {
  const query = new URL(request.url).searchParams.get("q");
  if (!query) return Response.json({ message: "Say what you look for: ?q=" }, { status: 400 });

  // The address and the key are in the environment: RERANK_BASE_URL, RERANK_API_KEY.
  const client = new RerankClient({ totalTimeout: 2_000 });
  const { results, reranked } = await client.rerank(
    {
      query,
      documents: await search(query),
      text: ({ title, body }) => [title, body],
      topN: 5,
      failOpen: true,
    },
    { signal: request.signal },
  );
  return Response.json({ reranked, hits: results.map(({ document }) => document) });
}

/** Stands for your search engine: what it finds first need not be best. */
async function search(_query: string): Promise<Hit[]> {
  return [
    { id: "venus", title: "Venus", body: "The hottest planet, under thick clouds." },
    { id: "mars", title: "Mars", body: "The red planet, with rust in its soil." },
    { id: "mercury", title: "Mercury", body: "The smallest planet, next to the Sun." },
  ];
}

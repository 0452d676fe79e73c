// Compiled, not run, against the installed package under each way of resolving modules: every subpath has its types.
import {
  isRerankError,
  RerankClient,
  type RerankResponse,
  type StoredFile,
  type UploadState,
} from "@x/rerank-sdk";
import { createRerank, type RerankProvider } from "@x/rerank-sdk/ai-sdk";
import { rerank, type RerankVariables } from "@x/rerank-sdk/hono";
import { RerankCompressor } from "@x/rerank-sdk/langchain";
import { RerankPostprocessor } from "@x/rerank-sdk/llamaindex";
import { createLocalClient, type LocalRerankClient } from "@x/rerank-sdk/local";

interface Hit {
  id: number;
  body: string;
}

export async function use(hits: readonly Hit[]): Promise<number[]> {
  const client = new RerankClient({ baseURL: "https://rerank.example.com" });
  const response: RerankResponse<Hit> = await client.rerank({
    query: "red planet",
    documents: hits,
    text: (hit) => hit.body,
    topN: 5,
  });
  // @ts-expect-error objects without a text need the option that tells it
  await client.rerank({ query: "red planet", documents: hits });

  const [row] = await client.score({ input_data: { input_string: ["Today was an amazing day!"] } });
  const label: string | undefined = row?.["0"];
  if (isRerankError(label)) throw new Error(label.requestId);

  const state: UploadState | undefined = undefined;
  const file: StoredFile = await client.files.upload("a", new Blob(["a"]), { resume: state });
  const parquet: ReadableStream<Uint8Array> = await client.jobs.download(file.name, {
    format: "parquet",
  });
  await parquet.cancel();

  const local: LocalRerankClient = await createLocalClient();
  const provider: RerankProvider = createRerank({ client: local });
  provider.rerankingModel("default");
  new RerankCompressor({ client: local, topN: 3 });
  new RerankPostprocessor({ client, topN: 3 });
  return response.results.map(({ document }) => document.id);
}

export const middleware = rerank({ binding: "RERANK" });
export type Variables = RerankVariables;

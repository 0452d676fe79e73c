/** What the rerank routes take: the fields of all of them and the protocol's own, as its parser checks them. */
import * as z from "zod";
import type { RerankDocument } from "../../sdk/index.ts";
import { LIMITS } from "../limits.ts";
import { cohereForm } from "../protocols/cohere.ts";
import { form as infinityForm } from "../protocols/infinity.ts";
import { form as nimForm } from "../protocols/nim.ts";
import type { RerankForm } from "../protocols/parse-rerank.ts";
import { form as pineconeForm } from "../protocols/pinecone.ts";
import { optionsSchema, queryText } from "../protocols/rerank-options.ts";
import { form as teiForm } from "../protocols/tei-rerank.ts";
import { documentText } from "../protocols/validate.ts";
import { form as vllmForm } from "../protocols/vllm.ts";
import { form as voyageForm } from "../protocols/voyage.ts";
import type { NamedSchema } from "./json-schema.ts";

/** Documents are no zod schema in the parser, which reads the fields that `rank_fields` name. */
const documents = z
  .array(
    z.union([
      documentText,
      z
        .looseObject({ text: documentText.exactOptional() })
        .describe("Its text is ranked, its id and metadata are passed through."),
    ]) satisfies z.ZodType<RerankDocument>,
  )
  .min(1)
  .meta({ maxItems: LIMITS.maxDocuments });

export const cohereRequest = rerankRequest("CohereRerankRequest", cohereForm);
export const infinityRequest = rerankRequest("InfinityRerankRequest", infinityForm);
export const nimRequest = rerankRequest("NimRankingRequest", nimForm);
export const pineconeRequest = rerankRequest("PineconeRerankRequest", pineconeForm);
export const teiRequest = rerankRequest("TeiRerankRequest", teiForm);
export const vllmRequest = rerankRequest("VllmRerankRequest", vllmForm);
export const voyageRequest = rerankRequest("VoyageRerankRequest", voyageForm);

function rerankRequest(name: string, form: RerankForm<z.ZodObject>): NamedSchema {
  const query = form.query ?? queryText;
  const body = optionsSchema.extend({ ...form.fields.shape, [form.documents]: documents });
  return {
    name,
    schema: z.union([
      body.extend({ query }),
      body
        .extend({ queries: z.array(query).min(1).meta({ maxItems: LIMITS.maxDocuments }) })
        .describe("Several queries, each ranked over all documents."),
    ]),
  };
}

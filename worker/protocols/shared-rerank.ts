/**
 * Which protocol a body speaks at a path that several share. Pure.
 *
 * | path                       | the body has                                    | protocol    |
 * | -------------------------- | ----------------------------------------------- | ----------- |
 * | `/rerank`                  | `documents` and `texts`                         | refused     |
 * | `/rerank`                  | `texts`, or TEI's own fields and no `documents` | TEI         |
 * | all                        | a field that vLLM alone has                     | vLLM        |
 * | all                        | anything else                                   | the service's own |
 */
import { fail } from "../errors.ts";
import { hasField } from "./rerank-options.ts";
import { rerankV1, rerankV2 } from "./rerank.ts";
import type { RerankProtocol } from "./rerank-protocol.ts";
import { looksLikeTei, teiRerank } from "./tei-rerank.ts";
import { isVllmBody, vllm } from "./vllm.ts";

/** The protocol of a body; of none, the one that answers for a request that cannot be read. */
export type ProtocolOf = (body?: unknown) => RerankProtocol;

/** At `/v1/rerank`. */
export const protocolV1: ProtocolOf = (body) => (isVllmBody(body) ? vllm : rerankV1);

/** At `/v2/rerank`. */
export const protocolV2: ProtocolOf = (body) => (isVllmBody(body) ? vllm : rerankV2);

/** At `/rerank`. */
export const protocolUnversioned: ProtocolOf = (body) => {
  if (hasField(body, "documents")) return hasField(body, "texts") ? ambiguous : protocolV2(body);
  return looksLikeTei(body) ? teiRerank : protocolV2(body);
};

/** A body with the documents of two protocols: which are meant cannot be known. */
const ambiguous: RerankProtocol = {
  ...rerankV2,
  parse: () =>
    fail({ kind: "invalid_value", param: "texts", problem: "must not stand beside documents" }),
};

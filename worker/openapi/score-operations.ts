/** The routes that score or tokenize in the request's order. */
import * as z from "zod";
import { CACHE_HEADERS, SCORING_HEADERS, TEI_HEADERS } from "./answer-headers.ts";
import { azureMlErrors, teiErrors, vllmErrors } from "./error-formats.ts";
import { COMPUTING, RANKING, READING, SCORING } from "./failures.ts";
import { either } from "./json-schema.ts";
import type { Example, Operation } from "./operation.ts";
import { COMPUTING_PARAMETERS, SCORING_PARAMETERS } from "./request-headers.ts";
import * as azure from "./score-schemas.ts";
import * as tei from "./tei-schemas.ts";

const QUERY = "Why does iron rust?";
const TEXT = "Rust forms when iron reacts with oxygen and water.";

const vllmScore: Example = { body: { text_1: QUERY, text_2: [TEXT] } };

const deployment = {
  name: "azureml-model-deployment",
  in: "header",
  description: "The deployment that must answer.",
  schema: z.string().optional(),
} as const;

const json = (name: string, description: string) =>
  ({ name, in: "query", description, schema: z.string().optional() }) as const;

const azureMl = {
  path: "/score",
  tag: "Score",
  failures: [...RANKING, "not_an_object", "missing_value", "unknown_deployment", "header_too_long"],
  errors: [azureMlErrors, vllmErrors],
} as const;

const answer = {
  description: "One row for each row of the input; to vLLM's body one score for each pair.",
  schema: either("ScoreAnswer", azure.azureMlAnswer, azure.vllmScoreAnswer),
  headers: SCORING_HEADERS,
  rareHeaders: CACHE_HEADERS,
};

const SCORE: readonly Operation[] = [
  {
    ...azureMl,
    method: "post",
    summary: "Score rows as an Azure ML online endpoint, or pairs as vLLM",
    parameters: [deployment, ...SCORING_PARAMETERS],
    request: either("ScoreRequest", azure.azureMlRequest, azure.vllmScoreRequest),
    examples: {
      generationA: { body: { inputs: { input_string: [TEXT] }, parameters: {} } },
      generationB: { body: { input_data: { columns: ["a"], index: [0], data: [[TEXT]] } } },
      pairs: { body: { input_data: [{ text: QUERY, text_pair: TEXT }], params: { top_k: 1 } } },
      scores: {
        body: { input_data: { input_string: [TEXT] }, parameters: { return_scores: true } },
      },
      vllm: vllmScore,
    },
    answer,
  },
  {
    ...azureMl,
    method: "get",
    summary: "The same with the body's fields in the query string, each a JSON value or a text",
    parameters: [
      deployment,
      ...SCORING_PARAMETERS,
      json("input_data", "As in the body."),
      json("inputs", "As in the body."),
      json("params", "As in the body."),
    ],
    examples: { rows: { query: { input_data: JSON.stringify([TEXT]) } } },
    answer,
  },
  {
    ...azureMl,
    method: "options",
    summary: "What a browser asks first",
    examples: { preflight: {} },
    answer: {
      description: "Nothing; CORS headers if the operator allows the origin.",
      contentTypes: ["text/html"],
      schema: { name: "Nothing", schema: z.literal("") },
    },
    failures: [...READING, "header_too_long"],
    errors: [azureMlErrors],
  },
];

const VLLM: readonly Operation[] = ["/v1/score", "/vllm/score", "/vllm/v1/score"].map((path) => ({
  method: "post",
  path,
  tag: "Score",
  summary: "Score pairs, as vLLM has it",
  parameters: SCORING_PARAMETERS,
  request: azure.vllmScoreRequest,
  examples: { vllm: vllmScore },
  answer: {
    description: "One score for each pair.",
    schema: azure.vllmScoreAnswer,
    headers: SCORING_HEADERS,
    rareHeaders: CACHE_HEADERS,
  },
  failures: RANKING,
  errors: [vllmErrors],
}));

const PREDICT: readonly Operation[] = ["/predict", "/tei/predict"].map((path) => ({
  method: "post",
  path,
  tag: "Score",
  summary: "Every label with its score, as Text Embeddings Inference has it",
  parameters: SCORING_PARAMETERS,
  request: tei.predictRequest,
  examples: {
    text: { body: { inputs: TEXT } },
    pairs: { body: { inputs: [[QUERY, TEXT]], raw_scores: true } },
  },
  answer: {
    description: "The labels of the input, or of each, best first.",
    schema: tei.predictAnswer,
    headers: TEI_HEADERS,
    rareHeaders: CACHE_HEADERS,
  },
  failures: [...SCORING, "empty_list", "no_text_labels"],
  errors: [teiErrors],
}));

const TOKENIZE: readonly Operation[] = ["/tokenize", "/tei/tokenize"].map((path) => ({
  method: "post",
  path,
  tag: "Score",
  summary: "The tokens of texts, as Text Embeddings Inference has it",
  parameters: COMPUTING_PARAMETERS,
  request: tei.tokenizeRequest,
  examples: { text: { body: { inputs: TEXT } }, texts: { body: { inputs: [QUERY, TEXT] } } },
  answer: {
    description: "One list of tokens for each text.",
    schema: tei.tokenizeAnswer,
    headers: SCORING_HEADERS,
  },
  failures: [...COMPUTING, "empty_list"],
  errors: [teiErrors],
}));

export const SCORE_OPERATIONS: readonly Operation[] = [...SCORE, ...VLLM, ...PREDICT, ...TOKENIZE];

/**
 * What an Azure ML endpoint answers, read as its client: its form follows the model that is deployed, whatever was sent. Pure.
 *
 * Rows stand in the request's order: `{"label": "LABEL_0", "score": 0.98}`, the same in a list of its own, or `{"0": "LABEL_0",
 * "score": 0.98}`. Labels alone, as Azure's wrapper gives them for generations A and B, rank nothing.
 */
import * as z from "zod";
import {
  logitsInOrder,
  nonsense,
  type UpstreamAnswer,
  type UpstreamReading,
} from "./upstream-protocol.ts";
import { isNotEmpty } from "./validate.ts";

const rowSchema = z.looseObject({
  label: z.unknown().optional(),
  "0": z.unknown().optional(),
  score: z.unknown().optional(),
});

/** A row, alone or as one of the labels that the pipeline gives for it when it is asked for several. */
const answerSchema = z.array(
  z.union([rowSchema, z.array(rowSchema).refine(isNotEmpty), z.string()]),
);

/**
 * Logits of the only label's scores. An answer with several labels is refused, whether they are of one row or of different ones:
 * the score of the best label says nothing of how relevant a document is.
 *
 * @param pairs - How many the call had.
 */
export function readAzureMlAnswer({ body }: UpstreamAnswer, pairs: number): UpstreamReading {
  const answer = answerSchema.safeParse(unwrapString(body));
  if (!answer.success) return nonsense("no list of rows");
  const rows: z.output<typeof rowSchema>[] = [];
  for (const value of answer.data) {
    if (typeof value === "string") return nonsense(NO_SCORES);
    const labels = Array.isArray(value) ? value : [value];
    if (labels.length > 1) return nonsense(SEVERAL_LABELS);
    rows.push(labels[0]!);
  }
  if (rows.some((row) => row.score === undefined && labelOf(row) !== undefined))
    return nonsense(NO_SCORES);
  if (rows.some((row) => labelOf(row) !== labelOf(rows[0]!))) return nonsense(SEVERAL_LABELS);
  return logitsInOrder(
    rows.map(({ score }) => score),
    "score",
    pairs,
    null,
  );
}

const NO_SCORES = "labels without scores";
const SEVERAL_LABELS = "several labels, where a model that ranks has one";

function labelOf(row: z.output<typeof rowSchema>): unknown {
  return row.label ?? row["0"];
}

/** A script that returns `json.dumps(...)` is answered with a JSON string of JSON. */
function unwrapString(body: unknown): unknown {
  if (typeof body !== "string") return body;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

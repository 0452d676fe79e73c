import type { Head } from "../../../engine/index.ts";
import { UserError } from "../../user-error.ts";
import { isStrings } from "../datasets/tagged-sentences.ts";
import { fetchWithRetry } from "../scorers/retry.ts";
import { jsonHeaders, serviceAddress } from "../scorers/service-address.ts";
import type { Classifier } from "./classifier.ts";
import { sentenceText, tokenTags, type TaggedPiece } from "./token-tags.ts";

export interface ClassifierServiceOptions {
  /** With `/score` or without. */
  url: string;
  /** Sent as a bearer token; undefined: none. */
  apiKey: string | undefined;
  /** Requests at once. */
  concurrency: number;
}

/** Of a token classifier: every piece by itself, those tagged `O` too. */
const EVERY_PIECE = { aggregation_strategy: "none", ignore_labels: [] };

/**
 * A running service that answers `POST /score` as an Azure ML endpoint does: this project's, or another with a Hugging Face pipeline.
 *
 * @param check - Called with the model's head where the service's `/info` tells it; throws if it does not suit.
 * @throws UserError if the address is no URL
 */
export async function httpClassifier(
  { url, apiKey, concurrency }: ClassifierServiceOptions,
  check: (head: Head) => void,
): Promise<Classifier> {
  const base = serviceAddress(url).replace(/\/score$/, "");
  const address = `${base}/score`;
  const headers = jsonHeaders(apiKey);
  const info = await readInfo(base, headers);
  if (info?.head) check(info.head);

  const ask = async <Row>(
    texts: readonly string[],
    params: object | undefined,
    read: (row: unknown) => Row | undefined,
    form: string,
  ): Promise<Row[]> => {
    const body = JSON.stringify({ input_data: texts, ...(params && { params }) });
    const response = await fetchWithRetry(address, { method: "POST", headers, body });
    const answer: unknown = await response.json().catch(() => undefined);
    const rows = Array.isArray(answer) ? answer.map(read) : [];
    if (rows.length === texts.length && rows.every((row) => row !== undefined)) return rows;
    throw new UserError(
      `${address} did not answer with ${form} for each of ${texts.length} texts. Does it serve another kind of model?`,
    );
  };
  return {
    name: info?.model ?? new URL(address).host,
    identity: { service: address, ...(info && { model: info.model }) },
    concurrency,
    label: (texts) => ask(texts, undefined, labelIn, "a label and a score"),
    async tag(sentences) {
      const texts = sentences.map(sentenceText);
      const pieces = await ask(texts, EVERY_PIECE, piecesIn, "a list of entities");
      return sentences.map((tokens, index) => tokenTags(tokens, pieces[index]!, countCodePoints));
    },
    close: async () => {},
  };
}

/** What this project's service says of its model; undefined of other services. */
async function readInfo(
  base: string,
  headers: Record<string, string>,
): Promise<{ model: string; head: Head | undefined } | undefined> {
  const response = await fetch(`${base}/info`, { headers }).catch(() => undefined);
  const info: unknown = response?.ok ? await response.json().catch(() => undefined) : undefined;
  if (typeof info !== "object" || info === null) return undefined;
  const { model, head, labels } = info as Record<string, unknown>;
  if (typeof model !== "string") return undefined;
  const known = typeof head === "string" && isStrings(labels);
  return { model, head: known ? { kind: head as Head["kind"], labels } : undefined };
}

function labelIn(row: unknown): string | undefined {
  const label = (row as Record<string, unknown> | null)?.["label"];
  return typeof label === "string" ? label : undefined;
}

function piecesIn(row: unknown): TaggedPiece[] | undefined {
  if (!Array.isArray(row)) return undefined;
  const pieces = row.map((piece) => {
    const { entity, start } = (piece ?? {}) as Record<string, unknown>;
    return typeof entity === "string" && typeof start === "number"
      ? { start, tag: entity }
      : undefined;
  });
  return pieces.every((piece) => piece !== undefined) ? pieces : undefined;
}

/** The unit of a service's places. */
function countCodePoints(token: string): number {
  return Array.from(token).length;
}

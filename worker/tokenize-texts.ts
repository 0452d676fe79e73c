import type { AlignedTokens, PairTokenizer } from "../engine/index.ts";
import { fail, ok, type Result } from "./errors.ts";
import { LIMITS, SLICE_CHARS } from "./limits.ts";
import { loadModel, type EdgeModel } from "./model.ts";
import type { Turns } from "./turns.ts";

/**
 * Tokens of texts with their places, whole whatever the model's window: all of them together are counted against `maxEdgeTokens`, and
 * others get a turn between two slices of work.
 *
 * @param toRow - Makes a text's answer; its text has no lone surrogates.
 * @returns One row a text, in the request's order.
 */
export async function tokenizeTexts<Row>(
  texts: readonly string[],
  model: EdgeModel,
  turns: Turns,
  toRow: (text: string, tokens: AlignedTokens, tokenizer: PairTokenizer) => Row,
): Promise<Result<Row[]>> {
  const chars = texts.reduce((sum, text) => sum + text.length, 0);
  if (chars > LIMITS.maxTotalChars)
    return fail({ kind: "over_limit", limit: "maxTotalChars", actual: chars });
  if (!(await turns.next("tokenization"))) return fail({ kind: "client_gone" });
  const loaded = await loadModel(model, turns);
  if (!loaded.ok) return loaded;
  const { tokenizer } = loaded.value;
  const rows: Row[] = [];
  let tokens = 0;
  let sliceChars = 0;
  for (const text of texts) {
    if (sliceChars > 0 && sliceChars + text.length > SLICE_CHARS) {
      if (!(await turns.next("tokenization"))) return fail({ kind: "client_gone" });
      sliceChars = 0;
    }
    sliceChars += text.length;
    const wellFormed = text.toWellFormed();
    // One more than there is room for, to know that there is none.
    const aligned = tokenizer.align(wellFormed, LIMITS.maxEdgeTokens - tokens + 1);
    tokens += aligned.ids.length;
    if (tokens > LIMITS.maxEdgeTokens) {
      return fail({ kind: "over_limit", limit: "maxEdgeTokens", actual: tokens, atLeast: true });
    }
    rows.push(toRow(wellFormed, aligned, tokenizer));
  }
  return ok(rows);
}

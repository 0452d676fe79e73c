import type { AlignedTokens, PairTokenizer } from "../engine/index.ts";
import { computeLogits, type Work } from "./compute-logits.ts";
import { ok, type Result } from "./errors.ts";
import type { EdgeModel } from "./model.ts";
import type { Turns } from "./turns.ts";

/** A text as a token classifier saw it. */
export interface TaggedText {
  text: string;
  /** What the model read of it, without [CLS] and [SEP]. */
  tokens: AlignedTokens;
  /** [tokens, labels], row-major: without those of [CLS] and [SEP]. A view that is only good until the next text. */
  logits: Float32Array;
  tokenizer: PairTokenizer;
}

export interface TaggedRows<Row> extends Work {
  /** One a text, in the request's order. */
  rows: Row[];
}

/**
 * Labels the tokens of texts.
 *
 * @param toRow - Makes a text's answer. Its logits are let go of then: those of a whole request could fill the isolate's memory.
 */
export async function tagTexts<Row>(
  texts: readonly string[],
  model: EdgeModel,
  turns: Turns,
  toRow: (tagged: TaggedText) => Row,
): Promise<Result<TaggedRows<Row>>> {
  const rows: Row[] = [];
  const pairs = texts.map((text) => ({ query: text, document: null }));
  const work = await computeLogits(
    pairs,
    model,
    turns,
    (index, logits, { manifest, tokenizer }) => {
      const numLabels = manifest.head.labels.length;
      const text = texts[index]!.toWellFormed();
      rows.push(
        toRow({
          text,
          tokens: tokenizer.align(text),
          logits: logits.subarray(numLabels, -numLabels),
          tokenizer,
        }),
      );
    },
  );
  return work.ok ? ok({ ...work.value, rows }) : work;
}

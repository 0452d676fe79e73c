import { linear } from "./linear.ts";

/** A PyTorch `Linear`: weight `[outputs, inputs]`, bias `[outputs]`. */
export interface Dense {
  weight: ArrayLike<number>;
  bias: ArrayLike<number>;
}

/**
 * The head of a `BertForSequenceClassification`: `classifier(tanh(pooler([CLS])))`.
 *
 * @param cls - `[hidden]`, the encoder's output for the first token
 * @returns `[labels]` logits
 */
export function classify(cls: ArrayLike<number>, pooler: Dense, classifier: Dense): Float64Array {
  const pooled = linear(cls, pooler.weight, pooler.bias).map(Math.tanh);
  return linear(pooled, classifier.weight, classifier.bias);
}

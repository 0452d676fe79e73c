import { rerankError } from "../errors.ts";
import type { RerankOptions } from "../rerank.ts";
import type { CallWarning } from "./contract.ts";

/** What `providerOptions.rerank` of a call may say. */
export type RerankProviderOptions = Pick<
  RerankOptions,
  "minScore" | "rawScores" | "longDocuments" | "maxTokensPerDocument" | "route" | "cacheScope"
>;

/** What each must be, in words and as a check. */
const OPTIONS: Readonly<
  Record<keyof RerankProviderOptions, readonly [string, (value: unknown) => boolean]>
> = {
  minScore: [
    "a number from 0 to 1",
    (value) => typeof value === "number" && value >= 0 && value <= 1,
  ],
  rawScores: ["true or false", (value) => typeof value === "boolean"],
  longDocuments: ['"truncate" or "max_window"', isOneOf("truncate", "max_window")],
  maxTokensPerDocument: [
    "a whole number, at least 1",
    (value) => Number.isInteger(value) && (value as number) >= 1,
  ],
  route: ['"auto", "edge" or "backend"', isOneOf("auto", "edge", "backend")],
  cacheScope: ["a string", (value) => typeof value === "string"],
};

/**
 * A call's own options, and a warning for each that there is not.
 *
 * @throws InvalidRequestError if one has a wrong value
 */
export function readProviderOptions(given: Readonly<Record<string, unknown>> = {}): {
  ranking: RerankProviderOptions;
  warnings: CallWarning[];
} {
  const warnings: CallWarning[] = [];
  const ranking: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const param = `providerOptions.rerank.${name}`;
    if (!Object.hasOwn(OPTIONS, name)) {
      warnings.push({ type: "unsupported", feature: param, details: "There is no such option." });
      continue;
    }
    const [words, isRight] = OPTIONS[name as keyof RerankProviderOptions];
    if (!isRight(value))
      throw rerankError("invalid_request", `${param} must be ${words}.`, {
        code: "invalid_option",
        param,
      });
    ranking[name] = value;
  }
  return { ranking, warnings };
}

function isOneOf(...values: string[]): (value: unknown) => boolean {
  return (value) => values.includes(value as string);
}

import type { TextPair } from "../encode-pairs.ts";
import type { FitOptions } from "../../engine/fit-pair.ts";
import type { UpstreamProtocol } from "../protocols/upstream-protocol.ts";

/** Whether a backend's protocol can say what a request asks for. Pure. */
export function canExpress(
  protocol: Pick<UpstreamProtocol, "expresses" | "carries">,
  { pairs, fit }: { pairs: readonly TextPair[]; fit: FitOptions },
): boolean {
  const hasSingles = pairs.some(({ document }) => document === null);
  return protocol.expresses(fit) && (protocol.carries === "any-pairs" || !hasSingles);
}

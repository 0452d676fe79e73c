import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_FIT } from "../../engine/fit-pair.ts";
import { LIMITS } from "../../worker/limits.ts";
import { cohereUpstream } from "../../worker/protocols/cohere.ts";
import { afterBackendFailure, afterCount, firstFacts } from "../../worker/routing-facts.ts";
import {
  COUNT_ONLY,
  decideRoute,
  estimateTokens,
  ROUTES,
  type Decision,
  type RoutingFacts,
} from "../../worker/routing.ts";

const EDGE = 1_000;
const FALLBACK = 3_000;

const FACTS: RoutingFacts = {
  edgeMaxTokens: EDGE,
  edgeFallbackMaxTokens: FALLBACK,
  requested: "auto",
  backend: "ready",
  edge: "ready",
  isExpressible: true,
  mustCount: false,
  tokens: 100,
  isEstimate: true,
};

/** One line for a decision: `edge small <=1000`, `backend large` or `nobody unavailable`. */
function decide(facts: Partial<RoutingFacts>): string {
  return written(decideRoute({ ...FACTS, ...facts }));
}

function written(decision: Decision): string {
  if (decision.to === "nobody") return `nobody ${decision.because}`;
  if (decision.to === "backend") return `backend ${decision.reason}`;
  return `edge ${decision.reason} <=${decision.maxTokens}`;
}

const HARD = LIMITS.maxEdgeTokens;

describe("a request that asks for no side", () => {
  test.each<[string, Partial<RoutingFacts>, string]>([
    ["is small", { tokens: EDGE }, `edge small <=${EDGE}`],
    ["may be large by its estimate", { tokens: 1.25 * EDGE }, `edge small <=${EDGE}`],
    ["is large by its estimate", { tokens: 1.25 * EDGE + 1 }, "backend large"],
    ["was counted at the line", { tokens: EDGE, isEstimate: false }, `edge small <=${EDGE}`],
    ["was counted over the line", { tokens: EDGE + 1, isEstimate: false }, "backend large"],
    ["finds no backend", { backend: "none", tokens: HARD }, `edge no_backend <=${HARD}`],
    [
      "cannot be told to the backend",
      { isExpressible: false, tokens: 9_999 },
      `edge edge_only_option <=${HARD}`,
    ],
  ])("and %s", (_, facts, expected) => {
    expect(decide(facts)).toBe(expected);
  });
});

describe("a large request, while the backend", () => {
  test.each<[string, Partial<RoutingFacts>, string]>([
    ["is left alone", { backend: "open" }, `edge circuit_open <=${FALLBACK}`],
    ["has failed with it", { backend: "failed" }, `edge backend_failed <=${FALLBACK}`],
    [
      "is left alone, and the estimate is near the edge's line, so that it is counted first",
      { backend: "open", tokens: 1.25 * FALLBACK },
      "edge circuit_open <=0",
    ],
    [
      "is left alone, and the estimate is clearly over the edge's line",
      { backend: "open", tokens: 1.25 * FALLBACK + 1 },
      "nobody unavailable",
    ],
    [
      "has failed, and the count is at the edge's line",
      { backend: "failed", tokens: FALLBACK, isEstimate: false },
      `edge backend_failed <=${FALLBACK}`,
    ],
    [
      "has failed, and the count is over the edge's line",
      { backend: "failed", tokens: FALLBACK + 1, isEstimate: false },
      "nobody unavailable",
    ],
    [
      "is left alone, and the edge is full",
      { backend: "open", edge: "full" },
      "nobody unavailable",
    ],
    ["is ready, and the edge is full", { edge: "full" }, "backend large"],
  ])("%s", (_, facts, expected) => {
    expect(decide({ tokens: 2 * EDGE + 1, ...facts })).toBe(expected);
  });
});

describe("a small request", () => {
  test.each<[string, Partial<RoutingFacts>, string]>([
    ["does not care that the backend is left alone", { backend: "open" }, `edge small <=${EDGE}`],
    [
      "that the backend failed with stays, and says so",
      { backend: "failed" },
      `edge backend_failed <=${EDGE}`,
    ],
    ["goes to the backend when the edge is full", { edge: "full" }, "backend edge_queue_full"],
    [
      "waits for nobody when the edge is full and the backend is left alone",
      { edge: "full", backend: "open" },
      "nobody overloaded",
    ],
    [
      "waits for nobody when the edge is full and there is no backend",
      { edge: "full", backend: "none" },
      "nobody overloaded",
    ],
    [
      "that the edge must count waits for nobody when it is full",
      { edge: "full", mustCount: true },
      "nobody overloaded",
    ],
  ])("%s", (_, facts, expected) => {
    expect(decide(facts)).toBe(expected);
  });
});

describe("a request that forbids to cut", () => {
  test.each<[string, Partial<RoutingFacts>, string]>([
    ["is counted however large its estimate", { tokens: 99 * EDGE }, `edge small <=${EDGE}`],
    ["goes to the backend by its count", { tokens: EDGE + 1, isEstimate: false }, "backend large"],
    ["is counted though it asks for the backend", { requested: "backend" }, "edge requested <=0"],
    [
      "goes to the backend that it asks for once it is counted",
      { requested: "backend", isEstimate: false },
      "backend requested",
    ],
  ])("%s", (_, facts, expected) => {
    expect(decide({ mustCount: true, ...facts })).toBe(expected);
  });
});

describe("a request that asks for the edge", () => {
  test.each<[string, Partial<RoutingFacts>, string]>([
    ["gets it up to the hard limit", { tokens: 99 * EDGE }, `edge requested <=${HARD}`],
    ["is not believed too large by an estimate", { tokens: 3 * HARD }, `edge requested <=${HARD}`],
    ["gets it at the hard limit", { tokens: HARD, isEstimate: false }, `edge requested <=${HARD}`],
    ["is refused over it", { tokens: HARD + 1, isEstimate: false }, "nobody too_large"],
    ["is refused when it is full, whatever the backend", { edge: "full" }, "nobody overloaded"],
    ["is refused for a model that is not there", { edge: "absent" }, "nobody no_backend"],
    [
      "has no reason of its own without a backend",
      { backend: "none" },
      `edge no_backend <=${HARD}`,
    ],
  ])("%s", (_, facts, expected) => {
    expect(decide({ requested: "edge", ...facts })).toBe(expected);
  });
});

describe("a request that asks for the backend", () => {
  test.each<[string, Partial<RoutingFacts>, string]>([
    ["gets it, however small it is", { tokens: 1 }, "backend requested"],
    ["gets it when the edge is full", { edge: "full" }, "backend requested"],
    ["is refused where there is none", { backend: "none" }, "nobody no_backend"],
    ["is refused while it is left alone", { backend: "open" }, "nobody unavailable"],
    ["is refused after it has failed", { backend: "failed" }, "nobody unavailable"],
    ["is refused if it cannot be told", { isExpressible: false }, "nobody not_expressible"],
  ])("%s", (_, facts, expected) => {
    expect(decide({ requested: "backend", ...facts })).toBe(expected);
  });
});

describe("a model that is only at the backend", () => {
  test.each<[string, Partial<RoutingFacts>, string]>([
    ["is asked there, however small the request", { tokens: 1 }, "backend backend_model"],
    ["is asked there by name", { requested: "backend" }, "backend backend_model"],
    ["is nowhere without it", { backend: "none" }, "nobody no_backend"],
    ["is not there while it is left alone", { backend: "open" }, "nobody unavailable"],
    ["is not there after it has failed", { backend: "failed" }, "nobody unavailable"],
    ["is not asked what it cannot be told", { isExpressible: false }, "nobody not_expressible"],
  ])("%s", (_, facts, expected) => {
    expect(decide({ edge: "absent", ...facts })).toBe(expected);
  });
});

describe("with lines of zero", () => {
  test("everything goes to the backend once it is counted", () => {
    const facts = { edgeMaxTokens: 0, edgeFallbackMaxTokens: 0 };
    expect(decide({ ...facts, tokens: 1 })).toBe("backend large");
    expect(decide({ ...facts, tokens: 1, backend: "open" })).toBe("nobody unavailable");
  });
});

describe("the facts", () => {
  const request = { pairs: [{ query: "q", document: "d" }], fit: DEFAULT_FIT };
  const sides = {
    requested: "auto",
    edge: "ready",
    edgeMaxTokens: 1,
    edgeFallbackMaxTokens: 2,
  } as const;
  const backend = { protocol: cohereUpstream, circuit: "closed" } as const;

  test("of a request that has come have an estimate, and the backend as its circuit is", () => {
    expect(firstFacts(request, [3, 4], { ...sides, backend })).toEqual({
      ...sides,
      backend: "ready",
      isExpressible: true,
      mustCount: false,
      tokens: 7,
      isEstimate: true,
    });
    const backendOf = (circuit: "open" | "half-open") =>
      firstFacts(request, [1], { ...sides, backend: { ...backend, circuit } }).backend;
    expect(backendOf("open")).toBe("open");
    expect(backendOf("half-open")).toBe("ready");
    expect(firstFacts(request, [1], { ...sides, backend: null })).toMatchObject({
      backend: "none",
      isExpressible: false,
    });
  });

  test("say what the backend's protocol cannot, and what must be counted", () => {
    const factsOf = (changed: Partial<typeof request>) =>
      firstFacts({ ...request, ...changed }, [1], { ...sides, backend });
    const single = { pairs: [{ query: "q", document: null }] };
    expect(factsOf(single as never).isExpressible).toBe(false);
    expect(factsOf({ fit: { ...DEFAULT_FIT, side: "left" } }).isExpressible).toBe(false);
    const refusing = factsOf({ fit: { ...DEFAULT_FIT, longDocuments: "refuse" } });
    expect(refusing).toMatchObject({ isExpressible: true, mustCount: true });
  });

  test("after the backend could not answer, whether it was asked at all", () => {
    expect(afterBackendFailure(FACTS)).toEqual({ ...FACTS, backend: "failed" });
    expect(afterBackendFailure(FACTS, true)).toEqual({ ...FACTS, backend: "open" });
  });

  test("after a count, that the request had its turn at the edge", () => {
    expect(afterCount({ ...FACTS, edge: "full" }, 7)).toEqual({
      ...FACTS,
      edge: "ready",
      tokens: 7,
      isEstimate: false,
    });
  });
});

const anyFacts: fc.Arbitrary<RoutingFacts> = fc.record({
  edgeMaxTokens: fc.integer({ min: 0, max: 300 }),
  edgeFallbackMaxTokens: fc.integer({ min: 0, max: 300 }),
  requested: fc.constantFrom(...ROUTES),
  backend: fc.constantFrom("none", "ready", "open", "failed"),
  edge: fc.constantFrom("ready", "full", "absent"),
  isExpressible: fc.boolean(),
  mustCount: fc.boolean(),
  tokens: fc.oneof(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 2 * HARD })),
  isEstimate: fc.constant(true),
});

/**
 * Follows decisions as the service does, with a backend that always fails and an edge that stops counting somewhere over its line.
 * @param trueTokens - What a whole count comes to.
 */
function follow(
  facts: RoutingFacts,
  trueTokens: number,
  fullCount: boolean,
  wasLeftAlone: boolean,
): Decision[] {
  const decisions: Decision[] = [];
  for (let now = facts; decisions.length < 20;) {
    const decision = decideRoute(now);
    decisions.push(decision);
    if (decision.to === "nobody") return decisions;
    if (decision.to === "backend") {
      now = afterBackendFailure(now, wasLeftAlone);
      continue;
    }
    if (trueTokens <= decision.maxTokens) return decisions;
    const isWhole = fullCount || now.mustCount || decision.maxTokens === COUNT_ONLY;
    now = afterCount(now, isWhole ? trueTokens : decision.maxTokens + 1);
  }
  return decisions;
}

const anyWork = fc.tuple(
  anyFacts,
  fc.oneof(fc.integer({ min: 1, max: 700 }), fc.integer({ min: HARD - 2, max: 2 * HARD })),
  fc.boolean(),
  fc.boolean(),
);

describe("whatever the facts, the count and the failures,", () => {
  test("the request is computed or refused after four decisions at most, and the backend is asked once", () => {
    fc.assert(
      fc.property(anyWork, ([facts, trueTokens, ...how]) => {
        const decisions = follow(facts, trueTokens, ...how);
        expect(decisions.length, decisions.map(written).join(", ")).toBeLessThanOrEqual(4);
        expect(decisions.filter(({ to }) => to === "backend").length).toBeLessThanOrEqual(1);
      }),
      { seed: 1, numRuns: 20_000 },
    );
  });

  test("four it takes at worst: counted, sent, computed in its stead, and too large for that", () => {
    const decisions = follow(FACTS, FALLBACK + 1, false, false);
    expect(decisions.map(written)).toEqual([
      `edge small <=${EDGE}`,
      "backend large",
      `edge backend_failed <=${FALLBACK}`,
      "nobody unavailable",
    ]);
  });

  test("the edge computes no more than the line that its reason stands for", () => {
    fc.assert(
      fc.property(anyWork, ([facts, trueTokens, ...how]) => {
        const last = follow(facts, trueTokens, ...how).at(-1)!;
        if (last.to !== "edge") return;
        const line = Math.max(facts.edgeMaxTokens, facts.edgeFallbackMaxTokens);
        const isForced = facts.requested === "edge" || facts.backend === "none";
        const isOnlyThere = !facts.isExpressible;
        expect(trueTokens).toBeLessThanOrEqual(isForced || isOnlyThere ? HARD : line);
        expect(facts.edge).not.toBe("absent");
      }),
      { seed: 2, numRuns: 5_000 },
    );
  });

  test("a side that cannot compute is never chosen", () => {
    fc.assert(
      fc.property(anyFacts, fc.boolean(), (facts, isEstimate) => {
        const decision = decideRoute({ ...facts, isEstimate });
        if (decision.to === "backend") {
          expect(facts.backend).toBe("ready");
          expect(facts.isExpressible).toBe(true);
          expect(facts.requested).not.toBe("edge");
          expect(facts.mustCount && isEstimate && facts.edge !== "absent").toBe(false);
        }
        if (decision.to === "edge") {
          expect(facts.edge).not.toBe("absent");
          // To be counted, which is no work for the backend, a request waits however many do.
          if (decision.maxTokens > 0) expect(facts.edge).toBe("ready");
        }
      }),
      { seed: 3, numRuns: 5_000 },
    );
  });
});

describe("an estimate", () => {
  test("counts special tokens and 4.5 characters a token, query and document together", () => {
    const pairs = [
      { query: "", document: "" },
      { query: "x".repeat(9), document: "x".repeat(9) },
      { query: "x".repeat(10), document: null },
    ];
    expect(estimateTokens(pairs, 512)).toEqual([3, 7, 6]);
  });

  test("of a pair is at most the window", () => {
    expect(estimateTokens([{ query: "q", document: "d".repeat(100_000) }], 512)).toEqual([512]);
  });
});

/** What a faulty upstream can be told to do. All of it is JSON, so that a command line and `PUT /fault` can say it too. */
import * as z from "zod";

// A timer of Node's set for longer fires at once.
const MAX_TIMER_MS = 2 ** 31 - 1;

const milliseconds = z.number().min(0).max(MAX_TIMER_MS);
const status = z.int().min(200).max(599);

/** Which calls a fault strikes; without any of these, every scoring call. */
const schedule = {
  /** Only each n-th call since the fault was set: the n-th, the 2n-th and so on. */
  every: z.int().min(1).optional(),
  /** Only the first n of those, then the upstream is well again. */
  times: z.int().min(1).optional(),
  /** Only calls of this path, to which `/info` and `/health` belong; only those are counted. */
  path: z.string().startsWith("/").optional(),
};

/** The right answer, `ms` milliseconds late. */
const delay = z.strictObject({ kind: z.literal("delay"), ms: milliseconds, ...schedule });

/** The call is read and never answered; the connection stays open until the client gives up. */
const hang = z.strictObject({ kind: z.literal("hang"), ...schedule });

/** The connection is reset before the call is read. For an address that nobody listens at, close the upstream. */
const refuse = z.strictObject({ kind: z.literal("refuse"), ...schedule });

/** 200 and the full `Content-Length`, then the connection is closed after half of the body. */
const cut = z.strictObject({ kind: z.literal("cut"), ...schedule });

/** 200, complete HTTP, but the body is the first half of the JSON. */
const halfBody = z.strictObject({ kind: z.literal("half_body"), ...schedule });

/** The last result is missing; with `by: 1` there is one too many, with an index of its own where results have one. */
const wrongCount = z.strictObject({
  kind: z.literal("wrong_count"),
  by: z.union([z.literal(-1), z.literal(1)]).optional(),
  ...schedule,
});

/** The last score is the literal `NaN`, as Python writes it, which is no JSON; or, with `as: "null"`, null, as JavaScript writes it. */
const nan = z.strictObject({
  kind: z.literal("nan"),
  as: z.enum(["NaN", "null"]).optional(),
  ...schedule,
});

/** The last score is 1.5, out of range where a sigmoid is promised; or another, among them those that are read as an infinity. */
const scoreOutOfRange = z.strictObject({
  kind: z.literal("score_out_of_range"),
  score: z.enum(["1.5", "-0.5", "1e999", "-1e999"]).optional(),
  ...schedule,
});

/** The last result has the index of the first; that of a single document is there twice. Azure ML's rows have no index: no fault there. */
const duplicateIndex = z.strictObject({ kind: z.literal("duplicate_index"), ...schedule });

/** The last result has the index `index`, by default the number of documents. Azure ML's rows have no index: no fault there. */
const indexOutOfRange = z.strictObject({
  kind: z.literal("index_out_of_range"),
  index: z.number().optional(),
  ...schedule,
});

/** An error of this status with the body of the protocol, as 401, 429, 500 and 503 are. */
const errorStatus = z.strictObject({
  kind: z.literal("status"),
  status: status.min(400),
  /** `Retry-After`: seconds or an HTTP date. */
  retryAfter: z.string().optional(),
  /** `retry-after-ms`. */
  retryAfterMs: milliseconds.optional(),
  ...schedule,
});

/** Azure ML's 424, whose headers tell the status and the reason of the model behind it. */
const azure424 = z.strictObject({
  kind: z.literal("azure_424"),
  /** What the model answered. */
  status,
  reason: z.string().optional(),
  ...schedule,
});

/** A redirect to an address: 307 asks for the same POST again, 302 is followed with a GET. */
const redirect = z.strictObject({
  kind: z.literal("redirect"),
  to: z.url(),
  status: z.union([z.literal(302), z.literal(307)]).optional(),
  ...schedule,
});

/** 200 and JSON without an end, only as fast as it is read. */
const hugeBody = z.strictObject({
  kind: z.literal("huge_body"),
  /** 10^10 by default. */
  bytes: z.int().min(1).optional(),
  /** Says the size in `Content-Length`. */
  declared: z.boolean().optional(),
  ...schedule,
});

/** A page of HTML, as a proxy in front of the upstream would answer; 200 by default. */
const html = z.strictObject({ kind: z.literal("html"), status: status.optional(), ...schedule });

/** The right answer, a byte each `ms` milliseconds. */
const slowDrip = z.strictObject({ kind: z.literal("slow_drip"), ms: milliseconds, ...schedule });

/** No fault but a quirk that clients of Azure ML must accept: the body is a JSON string that holds the right answer's JSON. */
const jsonString = z.strictObject({ kind: z.literal("json_string"), ...schedule });

const faultSchema = z.discriminatedUnion("kind", [
  delay,
  hang,
  refuse,
  cut,
  halfBody,
  wrongCount,
  nan,
  scoreOutOfRange,
  duplicateIndex,
  indexOutOfRange,
  errorStatus,
  azure424,
  redirect,
  hugeBody,
  html,
  slowDrip,
  jsonString,
]);

/** A fault and which calls it strikes. */
export type Fault = z.infer<typeof faultSchema>;

/** Reads a fault from JSON text; `null` is none. Unknown kinds and fields are refused, with what is wrong. */
export function readFault(json: string): { fault: Fault | undefined } | { error: string } {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { error: "a fault is JSON, this is not" };
  }
  if (value === null) return { fault: undefined };
  const parsed = faultSchema.safeParse(value);
  return parsed.success ? { fault: parsed.data } : { error: z.prettifyError(parsed.error) };
}

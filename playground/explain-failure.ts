/** Failures in words for a person: what happened, what the service said, what to do. Pure. */

export interface Explanation {
  title: string;
  /** What the service said, if anything. */
  detail?: string;
  advice: string;
  /** For whoever runs the service: status, code and request id. */
  reference?: string;
}

const BY_STATUS: Readonly<Record<number, readonly [title: string, advice: string]>> = {
  400: ["The request is not right", "Change what is named above and try again."],
  401: ["A key is needed", "Enter your API key under “API key” and try again."],
  403: ["This key is not allowed to rank", "Use another key, or ask whoever gave it to you."],
  404: ["The service does not have this", "It may be older than this page. Try another protocol."],
  408: ["The request took too long to arrive", "Try again, with less text if your line is slow."],
  413: ["That is too much at once", "Send fewer or shorter documents."],
  422: ["The request is not right", "Change what is named above and try again."],
  424: [
    "The model cannot rank",
    "The service has a classifier loaded. Ask whoever runs it for a reranker.",
  ],
  429: ["The service is busy", "Try again in a moment."],
};

/**
 * @param status - 200 if the answer cannot be read.
 * @param body - Any protocol's body of an error; undefined if it is no JSON.
 */
export function explainFailure(
  status: number,
  headers: Pick<Headers, "get">,
  body: unknown,
): Explanation {
  const detail = messageOf(body);
  const wait = headers.get("retry-after");
  const [title, advice] = BY_STATUS[status] ?? [
    status < 400 ? "The answer cannot be read" : "The service failed",
    "Try again. If it stays like this, tell whoever runs the service.",
  ];
  const code = codeOf(body);
  const requestId = headers.get("x-request-id");
  return {
    title,
    ...(detail !== undefined && { detail }),
    advice: status === 429 && wait !== null ? `Try again in ${wait} seconds.` : advice,
    reference: [
      `status ${status}`,
      ...(code === undefined ? [] : [code]),
      ...(requestId === null ? [] : [`request ${requestId}`]),
    ].join(" · "),
  };
}

/** There was no answer at all. */
export function explainNoAnswer(): Explanation {
  return {
    title: "The service cannot be reached",
    advice: "Check your connection and try again.",
  };
}

/** `message`, `error`, `error.message`, `detail` or the first of several, as the protocols have it. */
function messageOf(body: unknown): string | undefined {
  const { message, detail, error } = fieldsOf(body);
  const first = Array.isArray(detail) ? fieldsOf(detail[0])["msg"] : detail;
  const candidates = [message, fieldsOf(error)["message"], error, first];
  return candidates.find((candidate) => typeof candidate === "string");
}

function codeOf(body: unknown): string | undefined {
  const { code, error, error_type } = fieldsOf(body);
  const candidates = [code, fieldsOf(error)["code"], error_type];
  return candidates.find((candidate) => typeof candidate === "string");
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

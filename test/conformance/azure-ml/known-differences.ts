/** Where our answers differ from the inference server's on purpose. */

export interface KnownDifference {
  /** Names of exchanges; in each of them all the fields differ. */
  exchanges: readonly string[];
  /** Our value and theirs, as `observe` gives them, by field. Undefined where the exchanges have not all the same. */
  fields: Readonly<Record<string, readonly [ours: unknown, theirs: unknown]>>;
  reason: string;
}

const SCRIPT_FAILED = {
  message: "An unexpected error occurred in scoring script. Check the logs for more info.",
};
const NOT_FOUND = {
  message:
    "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.",
};
const NEW_ID = "a new id";
const VERSION = "name and version";
const RUN_TIME = "milliseconds with three decimals";

const WRONG_METHODS = ["PUT /score", "DELETE /score", "PATCH /score"];
const WRONG_METHODS_ELSEWHERE = ["POST /", "POST /swagger.json"];

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    exchanges: ["good: generation A"],
    fields: {
      status: [200, 400],
      body: [
        [{ "0": "LABEL_0" }],
        { message: "A value is not provided for the 'input_data' parameter." },
      ],
      "x-ms-run-fn-exec-ms": [RUN_TIME, null],
    },
    reason: "there a script is of one generation; here one route takes all three",
  },
  {
    exchanges: [
      "bad: input_data null",
      "bad: input_data a number",
      "bad: input_data true",
      "bad: input_data an empty object",
      "bad: a row that is a number",
      "bad: a row that is a list",
      "bad: a row without text",
      "bad: columns of two lengths",
      "bad: a short row of a split frame",
      "query: a number",
    ],
    fields: {
      status: [400, 500],
      body: [undefined, SCRIPT_FAILED],
      "x-ms-run-function-failed": ["False", "True"],
    },
    reason: "there a wrong value makes the script fail; here it is the caller's error, by its name",
  },
  {
    exchanges: ["bad: input_data an empty list"],
    fields: {
      status: [400, 200],
      body: [{ message: "input_data must not be empty." }, []],
      "x-ms-run-fn-exec-ms": [null, RUN_TIME],
    },
    reason: "here an empty list is refused, as on every route",
  },
  {
    exchanges: ["bad: invalid UTF-8"],
    fields: {
      status: [400, 500],
      body: [
        { message: "The body is not valid UTF-8." },
        { message: "An unexpected internal error occurred. Check the logs for more info." },
      ],
    },
    reason: "there it is a bug: the decoder's exception is not caught",
  },
  {
    exchanges: ["content type: none"],
    fields: {
      status: [200, 415],
      body: [
        [{ label: "LABEL_0", score: "a number" }],
        { message: "Expects Content-Type to be application/json" },
      ],
      "x-ms-run-fn-exec-ms": [RUN_TIME, null],
    },
    reason: "here a body without a content type is JSON, as on every route",
  },
  {
    exchanges: [
      "ids of /score: x-request-id of 101 characters",
      "ids of /score: TraceId and a long id",
      "ids of /: x-request-id of 101 characters",
      "ids of /: TraceId and a long id",
      "ids of /swagger.json",
    ],
    fields: { "x-request-id": [NEW_ID, null] },
    reason: "here every answer has an id, for the log",
  },
  {
    exchanges: [...WRONG_METHODS, ...WRONG_METHODS_ELSEWHERE],
    fields: {
      "x-request-id": [NEW_ID, null],
      "x-ms-request-id": [NEW_ID, null],
      "x-ms-server-version": [VERSION, null],
    },
    reason: "here every answer has an id, for the log, and a route has its headers on all answers",
  },
  {
    exchanges: [...WRONG_METHODS, "HEAD /score"],
    fields: { allow: ["GET, POST, OPTIONS", null] },
    reason: "RFC 9110 demands it of 405",
  },
  {
    exchanges: WRONG_METHODS_ELSEWHERE,
    fields: { allow: ["GET, HEAD", null] },
    reason: "RFC 9110 demands it of 405",
  },
  {
    exchanges: ["POST /"],
    fields: {
      body: [undefined, { message: "The method is not allowed for the requested URL." }],
    },
    reason: "here / is the playground's door, too: its errors have our own form",
  },
  {
    exchanges: ["path: /nope", "path: /score/", "path: /score/x", "path: /Score"],
    fields: {
      body: [undefined, NOT_FOUND],
      "x-request-id": [NEW_ID, null],
      "x-ms-run-function-failed": [null, "False"],
    },
    reason:
      "here other protocols have paths as well, so an unknown one is answered in our own form",
  },
  {
    exchanges: ["origin: preflight, unlisted", "origin: score, unlisted"],
    fields: { vary: ["Origin", null] },
    reason: "a cache must not give one origin's answer to another",
  },
  {
    exchanges: ["origin: probe"],
    fields: { vary: ["accept, Origin", "Origin"] },
    reason: "here / sends a browser to the playground, so the answer depends on what is accepted",
  },
];

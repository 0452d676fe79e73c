/** How a request shows its key: docs/keys.md. */

export const SECURITY_SCHEMES = {
  bearer: {
    type: "http",
    scheme: "bearer",
    description: "A key (`rk_...`, `rkp_...`), or a token of the issuer that the service trusts.",
  },
  "api-key": {
    type: "apiKey",
    in: "header",
    name: "api-key",
    description: "A key, as clients of Azure send it.",
  },
  "x-api-key": {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
    description: "A key.",
  },
} as const;

/** Any one of them; none where the service runs with RERANK_AUTH=off. */
export const SECURITY: Record<string, string[]>[] = [
  ...Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [] })),
  {},
];

/** A backend as its settings and its kind describe it. */
import { traceHeaders } from "../observe/trace-context.ts";
import { retryAfterMs } from "./retry-delay.ts";
import { azureMl } from "./azure-ml.ts";
import type { Backend, BackendKind, CallContext, UpstreamResult } from "./backend.ts";
import { BINDINGS, type BackendSettings } from "./backend-settings.ts";
import { callUpstream } from "./call-upstream.ts";
import { authorizationHeaders, refuseHeaders } from "./credentials.ts";
import { EntraTokens } from "./entra-token.ts";
import { BACKEND_KINDS } from "./kinds.ts";
import type { Fetch } from "./post.ts";
import { runWorkersAi, type Reranking } from "./run-workers-ai.ts";

/** Bytes of an answer beside the documents, which some upstreams send back whatever they are asked. */
const ANSWER_BYTES = 1024 * 1024;

/** How much longer a document may be in an answer than in the request: JSON may write a character as six. */
const ESCAPING = 6;

const tokens = new EntraTokens(Date.now);

/** @param env - Has the binding of a backend without an address. */
export function makeBackend(
  settings: BackendSettings,
  env: Readonly<Record<string, unknown>>,
): Backend {
  const kind =
    settings.protocol === "azure-ml"
      ? azureMl(settings.azureGeneration)
      : BACKEND_KINDS[settings.protocol];
  const { address, protocol } = settings;
  const url = address === null ? null : addressOf(address, kind);
  const binding = env[BINDINGS[protocol] ?? ""];
  return {
    id: `${protocol} ${url ?? "binding"}`,
    protocol: kind.protocol,
    model: settings.model,
    limits: { maxDocuments: kind.maxDocuments, maxTokens: kind.maxTokens, ...settings.limits },
    send:
      url === null && protocol === "workers-ai"
        ? (body, context) =>
            runWorkersAi(
              binding as Reranking,
              settings.model,
              body,
              settings.limits.timeoutMs,
              context,
            )
        : (body, context) => {
            const call = url ?? `https://backend.internal${kind.protocol.path}`;
            return send(
              call,
              fetchOf(url === null ? binding : null),
              kind,
              settings,
              body,
              context,
            );
          },
  };
}

/** The protocol's path is added unless the address has one that is whole; a version that ends the address counts instead of the protocol's. */
function addressOf(address: URL, { protocol, wholeAddress }: BackendKind): string {
  const url = new URL(address);
  const path = url.pathname.replace(/\/+$/, "");
  const last = path.slice(path.lastIndexOf("/") + 1);
  if (protocol.path === "" || wholeAddress?.includes(last)) return url.href;
  const isVersion = /^v\d$/.test(last);
  url.pathname = path + (isVersion ? protocol.path.replace(/^\/v\d\//, "/") : protocol.path);
  return url.href;
}

function fetchOf(binding: unknown): Fetch {
  return binding === null
    ? (url, init) => fetch(url, init)
    : (url, init) => (binding as Fetcher).fetch(url, init);
}

/** A call; after a 401 to a token of Entra, which may have been revoked, once more with a new one. */
async function send(...call: Parameters<typeof sendOnce>): Promise<UpstreamResult> {
  const [, , , { credentials }, , { signal }] = call;
  const result = await sendOnce(...call);
  const isRefused = !result.ok && result.failure.kind === "status" && result.failure.status === 401;
  return isRefused && credentials.kind === "entra" && !signal.aborted ? sendOnce(...call) : result;
}

async function sendOnce(
  url: string,
  fetch: Fetch,
  kind: BackendKind,
  { credentials, deployment, limits }: BackendSettings,
  body: object,
  { signal, remainingMs, requestId, trace }: CallContext,
): Promise<UpstreamResult> {
  const authorization = await authorizationHeaders(credentials, {
    tokens,
    signal,
    remainingMs,
    fetch: (address, init) => globalThis.fetch(address, init),
  });
  if (!authorization.ok) return authorization;
  const json = JSON.stringify(body);
  const received = await callUpstream(
    {
      url,
      body: json,
      headers: {
        "x-request-id": requestId,
        ...traceHeaders(trace),
        ...kind.headers?.({ deployment, remainingMs }),
        ...authorization.headers,
      },
      // That the deadline comes first, the signal says.
      timeoutMs: limits.timeoutMs,
      maxAnswerBytes: ANSWER_BYTES + ESCAPING * json.length,
      fetch,
    },
    signal,
  );
  if (!received.ok) return received;
  const response = kind.unwrap?.(received.response) ?? received.response;
  const { status, headers } = response;
  if (status === 200) return { ok: true, value: response };
  if (status === 401) refuseHeaders(credentials, authorization.headers, tokens);
  const failure = {
    kind: "status",
    status,
    retryAfterMs: retryAfterMs(headers, Date.now()),
  } as const;
  return { ok: false, failure };
}

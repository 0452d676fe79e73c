/** The error that an answer stands for, in any protocol's body. */
import {
  kindOf,
  requestIdOf,
  rerankError,
  type RerankError,
  type RerankErrorKind,
} from "./errors.ts";
import { retryAfterOf } from "./retry.ts";

/** What to do, where the service does not say it itself. */
const ADVICE: Readonly<Partial<Record<RerankErrorKind, string>>> = {
  invalid_request: "Check the request and baseURL.",
  authentication: "Set apiKey, or RERANK_API_KEY in the environment, to a key that may do this.",
  overloaded: "Try again later, send less at once, or raise maxRetries.",
  timeout: "Send fewer documents at once, or try again.",
  server: "Try again; if that does not help, give the service's operator the requestId.",
};

/** Characters of a plain text, which some proxy may have written at length. */
const MAX_PLAIN_CHARS = 200;

/** Reads an answer whose status is no success. */
export async function errorOf(response: Response): Promise<RerankError> {
  const { headers } = response;
  const inner = Number(headers.get("ms-azureml-model-error-statuscode"));
  // An Azure ML endpoint answers 424 to every failure of its model; what failed is in these headers.
  const status = response.status === 424 && inner >= 400 && inner < 600 ? inner : response.status;
  const kind = kindOf(status);
  const { sentence, code, param } = reasonOf(await response.text().catch(() => ""), headers);
  const reason = sentence ?? headers.get("ms-azureml-model-error-reason") ?? "no reason given.";
  // The sentences of services with codes say what to do.
  const advice = code === undefined ? ` ${ADVICE[kind]}` : "";
  return rerankError(kind, `${status}: ${reason.replace(/[^.!?]$/, "$&.")}${advice}`, {
    status,
    code,
    param,
    requestId: requestIdOf(headers),
    retryAfterMs: retryAfterOf(headers, Date.now()),
    headers,
  });
}

interface Reason {
  sentence?: string | undefined;
  code?: string | undefined;
  param?: string | undefined;
}

function reasonOf(text: string, headers: Headers): Reason {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    const isPlain = headers.get("content-type")?.startsWith("text/plain");
    return { sentence: (isPlain && text.trim().slice(0, MAX_PLAIN_CHARS)) || undefined };
  }
  // Generation A's script of Azure ML answers a bare string.
  if (typeof body === "string") return { sentence: body };
  const { error = body } = (body ?? {}) as { error?: unknown };
  if (typeof error === "string") return { sentence: error };
  const { message, detail, code, param } = (error ?? {}) as Record<string, unknown>;
  // FastAPI's list of what is wrong with a body.
  const [first] = Array.isArray(detail) ? (detail as { loc?: unknown[]; msg?: unknown }[]) : [];
  const path = Array.isArray(first?.loc) ? first.loc.slice(1).join(".") : undefined;
  return {
    sentence: [message, detail, first?.msg].find((each) => typeof each === "string"),
    code: typeof code === "string" ? code : undefined,
    param: typeof param === "string" ? param : path || undefined,
  };
}

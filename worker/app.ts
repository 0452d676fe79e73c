import { Hono, type Context, type Handler } from "hono";
import { requestId } from "hono/request-id";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { version } from "../package.json";
import type { ErrorBody, ServiceInfo } from "../sdk/index.ts";
import { admit } from "./admission.ts";
import { classify } from "./classify.ts";
import type { Work } from "./compute-logits.ts";
import { fail, ok, publicError, type Failure, type PublicError, type Result } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import { isServedModel, MODEL } from "./model.ts";
import { azureMlErrorBody, parseAzureMl } from "./protocols/azure-ml.ts";
import { formatRerank, parseRerank, rerankErrorBody } from "./protocols/rerank.ts";
import { rerank } from "./rerank.ts";

/** What the operator sets in wrangler.toml. */
export interface Settings {
  /** Further names under which clients may ask for the model, comma-separated. Default none. */
  MODEL_ALIASES?: string;
}

type AppContext = Context<AppEnvironment>;

interface AppEnvironment {
  Bindings: Settings;
  Variables: { requestId: string; errorBody?: ErrorBodyFormat };
}

/** The body that a protocol gives an error. */
type ErrorBodyFormat = (error: PublicError, requestId: string) => object;

/** An answer and what its headers say. */
interface Answer extends Work {
  body: object;
}

export const app = new Hono<AppEnvironment>();

// An id of more than 100 characters, or of others than letters, digits, "-", "_" and "=", is replaced by a new one.
app.use(requestId({ limitLength: 100 }));

route("GET", "/", ownErrorBody, (c) => c.html("Healthy"));

route("GET", "/health", ownErrorBody, (c) => c.json({ status: "ok" }));

route("GET", "/info", ownErrorBody, (c) =>
  c.json({
    version,
    model: MODEL.name,
    head: MODEL.head.kind,
    labels: MODEL.head.labels,
    maxSeqLength: MODEL.architecture.maxSeqLength,
    limits: LIMITS,
  } satisfies ServiceInfo),
);

for (const path of ["/v1/rerank", "/v2/rerank", "/rerank"]) {
  route("POST", path, rerankErrorBody, (c) =>
    answer(c, async (body, turns) => {
      const parsed = parseRerank(body);
      if (!parsed.ok) return parsed;
      const { model, request } = parsed.value;
      if (!isServedModel(model, c.env.MODEL_ALIASES ?? "")) {
        return fail({ kind: "unknown_model", requested: model ?? "", served: MODEL.name });
      }
      const ranking = await rerank(request, turns);
      if (!ranking.ok) return ranking;
      return ok({
        ...ranking.value,
        body: formatRerank(parsed.value, ranking.value, c.get("requestId"), MODEL.name),
      });
    }),
  );
}

route("POST", "/score", azureMlErrorBody, (c) =>
  answer(c, async (body, turns) => {
    const parsed = parseAzureMl(body);
    if (!parsed.ok) return parsed;
    const classified = await classify(parsed.value, turns);
    return classified.ok ? ok({ ...classified.value, body: classified.value.rows }) : classified;
  }),
);

app.notFound((c) => refuse(c, { kind: "unknown_path" }));

app.onError((error, c) => {
  // The message may quote the request's texts, so it is not logged; the stack without it is.
  const stack = error.stack?.split("\n").filter((line) => /^\s+at /.test(line));
  console.log(
    JSON.stringify({ level: "error", requestId: c.get("requestId"), error: error.name, stack }),
  );
  return refuse(c, { kind: "internal" });
});

/** One path with one method; any other is 405. HEAD is answered as GET without its body. */
function route(
  method: "GET" | "POST",
  path: string,
  errorBody: ErrorBodyFormat,
  handler: Handler<AppEnvironment>,
): void {
  app.use(path, (c, next) => {
    c.set("errorBody", errorBody);
    return next();
  });
  app.on(method, path, handler);
  app.all(path, (c) =>
    refuse(c, { kind: "wrong_method", allowed: method === "GET" ? "GET, HEAD" : method }),
  );
}

/** Admits a scoring request, and answers with what it came to. */
async function answer(
  c: AppContext,
  work: (...args: Parameters<Parameters<typeof admit<Answer>>[1]>) => Promise<Result<Answer>>,
): Promise<Response> {
  const working = admit(c.req.raw, work);
  // Without this, workerd ends a request whose client hung up wherever it stands, and its ticket stays in the queue until its lease
  // is over. With it, the request learns of it at the next slice and leaves by itself.
  c.executionCtx.waitUntil(working.catch(() => undefined));
  const result = await working;
  if (!result.ok) return refuse(c, result.failure);
  const { body, tokens, cuts } = result.value;
  return c.json(body, 200, {
    "x-rerank-model": MODEL.name,
    "x-rerank-served-by": "edge",
    "x-rerank-tokens": String(tokens),
    "x-rerank-truncated": String(cuts.length),
  });
}

function refuse(c: AppContext, failure: Failure): Response {
  const error = publicError(failure);
  const errorBody = c.get("errorBody") ?? ownErrorBody;
  return c.json(
    errorBody(error, c.get("requestId")),
    error.status as ContentfulStatusCode,
    error.headers,
  );
}

function ownErrorBody({ code, message, param }: PublicError, requestId: string): ErrorBody {
  return { code, message, ...(param !== undefined && { param }), requestId };
}

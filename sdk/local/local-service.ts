/**
 * Answers the client's calls as the service would, with an engine in the same thread.
 *
 * Calls that come together take turns, batch by batch, so that a short one need not wait for a long one. None waits for a promise of another:
 * a Worker ends the code of a request whose client has gone wherever it stands, and what waits for it would wait for ever.
 */
import type { CrossEncoder } from "../../engine/index.ts";
import { isRerankError, type RerankError } from "../errors.ts";
import { localInfo, localModels } from "./local-info.ts";
import { closed, type LocalAnswer, type LocalHost, type LocalRequest } from "./local-host.ts";
import type { Ending } from "./read-pairs.ts";
import { requestError } from "./request-error.ts";
import { rerankLocally } from "./rerank-locally.ts";
import { scoreLocally } from "./score-locally.ts";

export class LocalService implements LocalHost {
  /** Null when it is closed. */
  #encoder: CrossEncoder | null;
  readonly #closing = new AbortController();

  constructor(encoder: CrossEncoder) {
    this.#encoder = encoder;
  }

  async answer(request: LocalRequest, signal: AbortSignal): Promise<LocalAnswer> {
    const ending: Ending = {
      throwIfAborted: () => {
        signal.throwIfAborted();
        this.#closing.signal.throwIfAborted();
      },
    };
    ending.throwIfAborted();
    try {
      return { status: 200, body: JSON.stringify(await this.#compute(request, ending)) };
    } catch (error) {
      ending.throwIfAborted();
      return refusal(error);
    }
  }

  close(): void {
    this.#closing.abort(closed());
    this.#encoder = null;
  }

  async #compute({ method, path, body }: LocalRequest, ending: Ending): Promise<object> {
    const encoder = this.#encoder!;
    switch (`${method} ${path}`) {
      case "POST /v2/rerank":
        return rerankLocally(encoder, JSON.parse(body) as object, ending);
      case "POST /score":
        return scoreLocally(encoder, JSON.parse(body), ending);
      case "GET /info":
        return localInfo(encoder.manifest, "local");
      case "GET /v1/models":
        return localModels(encoder.manifest, Math.floor(Date.now() / 1_000));
      default:
        throw requestError(
          404,
          "unknown_path",
          `Local mode has no ${path}: it has rerank, score, info and models; for the rest use a service.`,
        );
    }
  }
}

/** A refused request, or a bug, which names itself without any text of a user. */
function refusal(error: unknown): LocalAnswer {
  if (!isRerankError(error)) {
    const name = error instanceof Error ? error.name : typeof error;
    return answerOf(500, { code: "internal", message: `Local mode failed with a ${name}.` });
  }
  const { message, status = 500, code, param }: RerankError = error;
  return answerOf(status, { code, message, param });
}

function answerOf(status: number, body: object): LocalAnswer {
  return { status, body: JSON.stringify(body) };
}

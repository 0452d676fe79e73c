import { UserError } from "../user-error.ts";

/** Milliseconds that an answer may take; the first one of an isolate loads the model. */
const TIMEOUT_MS = 30_000;

export interface SmokeTarget {
  /** Origin of the service. */
  url: string;
  /** A key that may score and rerank. */
  key: string | undefined;
  /** One version of a Worker, which then answers even if it has no share of the requests. */
  version: { worker: string; id: string } | undefined;
}

/** An answer, its body read. */
export interface SmokeAnswer {
  status: number;
  headers: Headers;
  /** Parsed, if it is JSON. */
  body: unknown;
}

/** The service that is tried. */
export class SmokeService {
  readonly #target: SmokeTarget;

  constructor(target: SmokeTarget) {
    this.#target = target;
  }

  /** The version that should answer; undefined if any may. */
  get version(): string | undefined {
    return this.#target.version?.id;
  }

  get hasKey(): boolean {
    return this.#target.key !== undefined;
  }

  /**
   * GET, or POST of a body as JSON.
   * @throws UserError if there is no answer
   */
  async ask(path: string, body?: object, { withKey = true } = {}): Promise<SmokeAnswer> {
    const { url, key, version } = this.#target;
    const headers: Record<string, string> = {
      ...(body && { "content-type": "application/json" }),
      ...(withKey && key !== undefined && { authorization: `Bearer ${key}` }),
      // @see https://developers.cloudflare.com/workers/configuration/versions-and-deployments/version-overrides/
      ...(version && {
        "cloudflare-workers-version-overrides": `${version.worker}="${version.id}"`,
      }),
    };
    let response;
    let text;
    try {
      response = await fetch(new URL(path, url), {
        headers,
        // A redirect would take the key elsewhere.
        redirect: "manual",
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body && { method: "POST", body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (error) {
      const { message, cause } = error as Error;
      throw new UserError(`no answer: ${cause instanceof Error ? cause.message : message}`);
    }
    return { status: response.status, headers: response.headers, body: parsed(text) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

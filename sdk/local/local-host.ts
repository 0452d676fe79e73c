/** Who answers the calls of a local client: this thread, or a worker. */
import { rerankError, type RerankError } from "../errors.ts";

/** A call of the client as it goes through a worker's messages. */
export interface LocalRequest {
  method: string;
  path: string;
  /** JSON; empty if there is none. */
  body: string;
}

export interface LocalAnswer {
  status: number;
  /** JSON. */
  body: string;
}

export interface LocalHost {
  /** A request that is wrong is answered, too. @throws the signal's reason if it is aborted, RerankError if the host is closed or broken */
  answer(request: LocalRequest, signal: AbortSignal): Promise<LocalAnswer>;
  close(): void;
}

export function closed(): RerankError {
  return rerankError("aborted", "The local client was closed.", { code: "closed" });
}

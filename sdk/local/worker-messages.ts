/** What a page and its worker tell each other. */
import type { RerankErrorFacts, RerankErrorKind } from "../errors.ts";
import type { LoadOptions } from "./load-engine.ts";
import type { LocalAnswer, LocalRequest } from "./local-host.ts";
import type { LoadProgress, ModelFiles } from "./options.ts";

export type ToWorker =
  | ({ type: "load"; model: string | ModelFiles } & Pick<LoadOptions, "cache" | "engine">)
  | { type: "request"; id: number; request: LocalRequest }
  | { type: "abort"; id: number };

export type FromWorker =
  | { type: "progress"; progress: LoadProgress }
  | { type: "loaded" }
  | { type: "failed"; failure: LoadFailure }
  | { type: "answer"; id: number; answer: LocalAnswer };

/** An error as messages can carry it. */
export interface LoadFailure extends Pick<RerankErrorFacts, "status" | "code" | "param"> {
  kind: RerankErrorKind;
  message: string;
}

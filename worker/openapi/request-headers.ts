/** Headers of requests that compute. */
import * as z from "zod";
import { MAX_REQUEST_TIMEOUT_MS } from "../settings.ts";
import { TIMEOUT_HEADER } from "../deadline.ts";
import { ROUTE_HEADER } from "../request-context.ts";
import { ROUTES } from "../routing.ts";
import type { Parameter } from "./operation.ts";

const timeout: Parameter = {
  name: TIMEOUT_HEADER,
  in: "header",
  description: "Milliseconds to wait for the answer; then it is 504.",
  schema: z.int().min(1).max(MAX_REQUEST_TIMEOUT_MS).optional(),
};

const route: Parameter = {
  name: ROUTE_HEADER,
  in: "header",
  description: "Where the request is computed; auto, the default, leaves it to the service.",
  schema: z.enum(ROUTES).optional(),
};

/** Of every route that computes. */
export const COMPUTING_PARAMETERS: readonly Parameter[] = [timeout];

/** Of routes whose work may go to a backend. */
export const SCORING_PARAMETERS: readonly Parameter[] = [route, timeout];

/** What the document says of one method of a path. */
import type * as z from "zod";
import type { PublicError, Failure } from "../errors.ts";
import type { FailureKind } from "./failures.ts";
import type { NamedSchema } from "./json-schema.ts";

export interface Operation {
  method: "get" | "post" | "options";
  path: string;
  /** Under which heading the page shows it. */
  tag: string;
  summary: string;
  /** Parameters of the query string or headers. */
  parameters?: readonly Parameter[];
  /** The body. Default none. */
  request?: NamedSchema;
  /** Requests that are answered with 200, by name; a test executes them. */
  examples: Readonly<Record<string, Example>>;
  answer: Answer;
  failures: readonly FailureKind[];
  /** More than one where the body says whose protocol it is. */
  errors: readonly ErrorFormat[];
}

export interface Parameter {
  name: string;
  in: "query" | "header";
  description: string;
  schema: z.ZodType<string | number | undefined>;
}

export interface Example {
  body?: object;
  query?: Readonly<Record<string, string>>;
}

export interface Answer {
  description: string;
  /** Default: JSON. */
  contentType?: "application/json" | "text/html" | "text/plain";
  schema: NamedSchema;
  /** Headers beside x-request-id, with what they mean: those of the answers to all examples. */
  headers?: Readonly<Record<string, string>>;
  /** Headers that only other answers have. */
  rareHeaders?: Readonly<Record<string, string>>;
  /** Where else a browser is sent. */
  redirect?: string;
}

/** How a protocol writes errors. */
export interface ErrorFormat {
  schema: NamedSchema;
  errorBody(error: PublicError, requestId: string, failure: Failure): object;
  errorStatus?(error: PublicError, failure: Failure): number;
}

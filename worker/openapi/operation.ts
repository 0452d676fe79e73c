/** What the document says of one method of a path. */
import type * as z from "zod";
import type { Failure } from "../errors.ts";
import type { PublicError } from "../public-error.ts";
import type { FailureKind } from "./failures.ts";
import type { NamedSchema } from "./json-schema.ts";

export interface Operation {
  method: "get" | "post" | "put" | "delete" | "options";
  /** A part in braces is a parameter. */
  path: string;
  /** Under which heading the page shows it. */
  tag: string;
  summary: string;
  /** Parameters of the path, the query string or headers. */
  parameters?: readonly Parameter[];
  /** The body. Default none. */
  request?: NamedSchema;
  /** Default: JSON, without which there is no request. */
  requestType?: "application/json" | "application/octet-stream";
  /** Whether there are requests without the body. Default false. */
  isRequestOptional?: boolean;
  /** Requests by name; a test executes them. */
  examples: Readonly<Record<string, Example>>;
  answer: Answer;
  /** Answers of other statuses that are no failures. */
  otherAnswers?: readonly Answer[];
  /** Kinds, or where the usual example of a kind says nothing about this route, an example. */
  failures: readonly (FailureKind | Failure)[];
  /** More than one where the body says whose protocol it is. */
  errors: readonly ErrorFormat[];
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  description: string;
  schema: z.ZodType<string | number | undefined>;
}

/** Values of the parameters by name, and the body. */
export interface Example {
  path?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  /** A value as JSON; of a file its text. */
  body?: object | string;
  /** Default: that of the operation's {@link Operation.answer}. */
  status?: number;
  /** An example is executed after all of lower steps, and those before it in its own. Default 0. */
  step?: number;
  /** Fields of the answer by what stands for their values in the examples after it, which are executed with those values. */
  gives?: Readonly<Record<string, string>>;
}

export interface Answer {
  /** Default 200. */
  status?: 200 | 201 | 202 | 204 | 206 | 304 | 416;
  description: string;
  /** One of these. Default: JSON. */
  contentTypes?: readonly string[];
  /** Without one the answer has no body. */
  schema?: NamedSchema;
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

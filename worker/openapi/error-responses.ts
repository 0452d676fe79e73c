/** The responses of an operation to all its failures. */
import type { Failure } from "../errors.ts";
import { publicError } from "../public-error.ts";
import { examplesOf } from "./failures.ts";
import type { ErrorFormat, Operation } from "./operation.ts";

export interface ErrorResponse {
  status: number;
  /** Codes of the failures that have this status. */
  codes: string[];
  formats: ErrorFormat[];
  /** A body for each failure, by its code. */
  examples: Record<string, { value: object }>;
  /** Headers that one or more of them have. */
  headers: string[];
}

const REQUEST_ID = "5f0c2a5e-8a0e-4f43-9a5b-0d7c1b8f2a11";

/** One for each status, in rising order. */
export function errorResponses({ failures, errors }: Operation): ErrorResponse[] {
  const byStatus = new Map<number, ErrorResponse>();
  for (const kind of new Set(failures)) {
    for (const failure of examplesOf(kind)) {
      for (const format of errors) addFailure(byStatus, failure, format);
    }
  }
  return [...byStatus.values()].sort((a, b) => a.status - b.status);
}

function addFailure(
  byStatus: Map<number, ErrorResponse>,
  failure: Failure,
  format: ErrorFormat,
): void {
  const error = publicError(failure);
  const status = format.errorStatus?.(error, failure) ?? error.status;
  const response = byStatus.get(status) ?? {
    status,
    codes: [],
    formats: [],
    examples: {},
    headers: [],
  };
  byStatus.set(status, response);
  if (!response.codes.includes(error.code)) response.codes.push(error.code);
  if (!response.formats.includes(format)) response.formats.push(format);
  const headers = Object.keys(error.headers ?? {});
  response.headers.push(...headers.filter((name) => !response.headers.includes(name)));
  response.examples[error.code] ??= { value: format.errorBody(error, REQUEST_ID, failure) };
}

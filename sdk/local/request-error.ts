/** Why local mode refuses a request: with the status and the code that the service gives the same. */
import { kindOf, rerankError, type RerankError } from "../errors.ts";

export function requestError(
  status: number,
  code: string,
  message: string,
  param?: string,
): RerankError {
  return rerankError(kindOf(status), message, { status, code, param });
}

/** @param problem - Of the value at `param`, such as "must be a list". */
export function invalidValue(param: string, problem: string): RerankError {
  return requestError(400, "invalid_value", `${param} ${problem}.`, param);
}

/** Errors of routes that follow no other protocol. Pure. */
import type { ErrorBody } from "../../sdk/index.ts";
import type { PublicError } from "../public-error.ts";

export function ownErrorBody({ code, message, param }: PublicError, requestId: string): ErrorBody {
  return { code, message, ...(param !== undefined && { param }), requestId };
}

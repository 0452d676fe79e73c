/** Errors as the Azure ML inference server words them. @see azureml-inference-server-http 1.5.1, server/routes.py and input_parsers.py */
import type { AzureMlErrorBody } from "../../sdk/index.ts";
import type { Failure } from "../errors.ts";
import type { PublicError } from "../public-error.ts";

/** Its sentences for failures that other protocols word otherwise. */
const SENTENCES: { readonly [Kind in Failure["kind"]]?: string } = {
  empty_body: "POST body is empty. Expecting a JSON dictionary.",
  wrong_content_type: "Expects Content-Type to be application/json",
  wrong_method: "The method is not allowed for the requested URL.",
  internal: "An unexpected error occurred in scoring script. Check the logs for more info.",
};

/** The inference server's body: its sentence where it has one, else ours. */
export function azureMlErrorBody(
  { message }: PublicError,
  _requestId: string,
  failure: Failure,
): AzureMlErrorBody {
  if (failure.kind === "invalid_json") {
    return { message: `POST body could not be decoded as JSON: ${failure.problem}` };
  }
  return { message: SENTENCES[failure.kind] ?? message };
}

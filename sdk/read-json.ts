import { invalidResponse } from "./errors.ts";

/** The value of an answer. @throws ServerError if it has none */
export async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    const value: unknown = JSON.parse(text);
    // A scoring script of Azure ML that returns json.dumps(...) answers a string that holds JSON.
    return typeof value === "string" ? JSON.parse(value) : value;
  } catch {
    // The platform's error would quote the answer.
    throw invalidResponse(
      "The answer is not JSON: is baseURL the address of a rerank service?",
      response,
    );
  }
}

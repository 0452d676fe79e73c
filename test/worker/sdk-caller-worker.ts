/** A Worker that uses the SDK with a service binding: it makes the call that it is sent and answers what that came to. */
import { RerankClient } from "../../sdk/index.ts";
import { outcomeOf, type SdkCall } from "./sdk-call.ts";

export default {
  async fetch(request: Request, env: { RERANK: Fetcher }): Promise<Response> {
    const client = new RerankClient({
      baseURL: "https://rerank",
      apiKey: "",
      maxRetries: 0,
      logLevel: "off",
      fetch: (...args) => env.RERANK.fetch(...args),
    });
    return Response.json(await outcomeOf(client, await request.json<SdkCall>()));
  },
};

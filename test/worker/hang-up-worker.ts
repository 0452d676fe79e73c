/** Calls the service with the request it gets and hangs up after the milliseconds in the header `hang-up-ms`. */
export default {
  async fetch(request: Request, env: { SERVICE: Fetcher }): Promise<Response> {
    const signal = AbortSignal.timeout(Number(request.headers.get("hang-up-ms")));
    try {
      return await env.SERVICE.fetch(request, { signal });
    } catch {
      return new Response("hung up", { status: 499 });
    }
  },
};

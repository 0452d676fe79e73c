/** Stands for the service behind a binding: sends what it gets to the one that runs. */
export default {
  fetch(request: Request, env: { SERVICE_URL: string }): Promise<Response> {
    return fetch(env.SERVICE_URL + new URL(request.url).pathname, request);
  },
};

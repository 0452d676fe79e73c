import { Agent, request, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

// workerd closes a connection that is idle for 5 s; one that is used at that moment would fail.
const agent = new Agent({ keepAlive: true, timeout: 2_000 });

/**
 * POST of a body, as JSON.
 *
 * @param hangUpMs - Milliseconds after which the connection is cut, however far the answer has come.
 * @returns undefined if it was cut before the answer had come
 * @throws Error if no answer came
 */
export function sendOnce(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
  hangUpMs?: number,
): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const length = Buffer.byteLength(body);
    const call = request(url, {
      method: "POST",
      agent,
      headers: { "content-type": "application/json", "content-length": length, ...headers },
    });
    let isCut = false;
    let hangingUp: NodeJS.Timeout | undefined;
    const fail = (error: Error): void => (isCut ? resolve(undefined) : reject(error));
    call.once("error", fail);
    call.once("response", (response) => {
      text(response).then((answer) => {
        // The connection is another request's from now on.
        clearTimeout(hangingUp);
        resolve({ status: response.statusCode!, headers: response.headers, text: answer });
      }, fail);
    });
    if (hangUpMs !== undefined)
      hangingUp = setTimeout(() => {
        isCut = true;
        // A client that only closes its side may still wait for the answer, as far as workerd can tell; Cloudflare's edge tells it of either.
        call.socket?.resetAndDestroy();
        call.destroy();
        resolve(undefined);
      }, hangUpMs);
    call.end(body);
  });
}

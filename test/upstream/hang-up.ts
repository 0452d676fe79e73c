import type { ServerResponse } from "node:http";

const hungUp = new WeakSet<ServerResponse>();

/** Ends a call from our side: "close" lets what has been written arrive, "reset" does not. */
export function hangUp(response: ServerResponse, how: "close" | "reset" = "close"): void {
  hungUp.add(response);
  if (how === "reset") response.socket?.resetAndDestroy();
  else response.destroy();
}

/** Whether the call is over because the client left before it had the whole answer. */
export function clientLeft(response: ServerResponse): boolean {
  return !response.writableFinished && !hungUp.has(response);
}

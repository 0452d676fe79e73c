/** Answers whose bodies come in pieces, and may break. */

export interface Body {
  response: Response;
  wasCancelled: () => boolean;
}

/** What follows the last piece. */
export type Ending = "closed" | "broken" | "hung";

/** @param pieces - In which the body comes */
export function bodyOf(
  pieces: readonly (string | Uint8Array)[],
  ending: Ending = "closed",
  init: ResponseInit = {},
): Body {
  let next = 0;
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[next++];
        if (piece !== undefined)
          controller.enqueue(typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
        else if (ending === "closed") controller.close();
        else if (ending === "broken") controller.error(new TypeError("terminated"));
      },
      cancel: () => void (cancelled = true),
    },
    { highWaterMark: 0 },
  );
  return { response: new Response(stream, init), wasCancelled: () => cancelled };
}

/** Bytes in pieces of a size. */
export function inPieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

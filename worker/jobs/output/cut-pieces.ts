/**
 * Cuts bytes into pieces of the same size, the last of which may be shorter; none is empty.
 *
 * @param pieceBytes - Over 0; as much is in memory.
 * @returns Views of one buffer: each is only valid until the next is asked for.
 */
export async function* cutPieces(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  pieceBytes: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const piece = new Uint8Array(pieceBytes);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length;) {
      const taken = chunk.subarray(start, start + pieceBytes - filled);
      piece.set(taken, filled);
      start += taken.length;
      filled += taken.length;
      if (filled === pieceBytes) {
        yield piece;
        filled = 0;
      }
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

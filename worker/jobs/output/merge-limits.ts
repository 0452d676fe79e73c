/** How much of a merge is done at a time. */
export interface MergeLimits {
  /** Parts that one step works on: each is a request to the bucket, of which an invocation has 10,000. At most 1,000, what one list has. */
  maxParts: number;
  /** Their bytes, unless one part alone has more. */
  maxBytes: number;
  /** Bytes of a piece of an upload. R2 takes 5 MiB or more; one is in memory at a time. */
  minPieceBytes: number;
  /** Pieces of an upload. R2 takes 10,000; a header and a footer are not counted here. */
  maxPieces: number;
  /** Parts of one Parquet row group, about a hundred thousand rows, and their bytes. Both are in memory twice. */
  maxGroupParts: number;
  maxGroupBytes: number;
}

const MIB = 1024 * 1024;

export const MERGE_LIMITS: MergeLimits = {
  maxParts: 1_000,
  maxBytes: 32 * MIB,
  minPieceBytes: 5 * MIB,
  maxPieces: 9_000,
  maxGroupParts: 100,
  maxGroupBytes: 4 * MIB,
};

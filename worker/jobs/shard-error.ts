/** A shard that cannot be scored now, but perhaps later. The message holds no text of a user. */
export class ShardError extends Error {
  override name = "ShardError";
}

/**
 * Tokens of a call to a server that has no limit of its own: 128 full windows. A small GPU with a large model, which reads 10,000
 * tokens a second, has them done within the default timeout, and a call that fails costs little to repeat; a server with more
 * batches several calls together.
 */
export const CALL_TOKENS = 65_536;

/** A failure that the user can mend. The message is one line: what is wrong, then what to do. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

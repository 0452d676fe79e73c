/** What a user of the command line can mend: the message is all that is shown. */

/** The command line was not understood: exit code 2. */
export class UsageError extends Error {}

/** The command could not do its work: exit code 1. */
export class CommandError extends Error {}

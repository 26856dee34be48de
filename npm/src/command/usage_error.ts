/** The command was not called as it is meant to be. */
export class UsageError extends Error {}

/** Something is missing that the scripts could not put there; `fix` is what the person at the terminal can do. */
export class SetupError extends Error {
  constructor(problem, fix) {
    super(fix ? `${problem}\n  Fix: ${fix}` : problem);
    this.name = "SetupError";
  }
}

/**
 * Runs a script's `main` and turns its outcome into the exit code: a SetupError is told as it is, for it says all
 * there is to say, and anything else is a fault of the script and comes with its stack.
 */
export async function runScript(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(error instanceof SetupError ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}

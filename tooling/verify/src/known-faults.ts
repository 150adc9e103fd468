/** Something that is wrong and known. The tests fail as soon as it is no longer true, so that it goes from this list. */
export interface KnownFault {
  /** What goes wrong, and where. */
  what: string;
  /** The cases of the fault matrix that show it, by their names. */
  cases: RegExp;
  /** The problems that these cases then have. */
  problems: RegExp;
  /** One of the cases, which every test run tries. */
  example: string;
}

export const knownFaults: readonly KnownFault[] = [];

/** The problems that are not known. */
export const unknownOf = (problems: readonly string[], known: readonly { problems: RegExp }[]): string[] =>
  problems.filter((problem) => !known.some((each) => each.problems.test(problem)));

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

export const knownFaults: readonly KnownFault[] = [
  {
    what: 'connector-kestra: when the triggers cannot be read, schedules that somebody switched off are written over the right ones, and the run is done',
    cases: /^triggers search: /,
    problems: /^damage: pipeline .* scheduleInterval$/,
    example: 'triggers search: 403, for ever',
  },
  {
    what: 'om-sink, ingestion: when services of datasets are listed as none, edges of datasets are called stale, and others drawn in their place',
    cases: /^dataset services: empty list/,
    problems: /^(after the next run: )?damage: edge /,
    example: 'dataset services: empty list, for ever',
  },
  {
    what: 'connector-kestra: a run that the search shows and that is 404 by its id is written without its tasks, over the right one if there is one, and the run is done',
    cases: /^execution: 404/,
    problems: /^(damage|done, but old): run .* taskStatus$/,
    example: 'execution: 404, for ever',
  },
];

/** The problems that are not known. */
export const unknownOf = (problems: readonly string[], known: readonly { problems: RegExp }[]): string[] =>
  problems.filter((problem) => !known.some((each) => each.problems.test(problem)));

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
    what: 'om-sink: an owner whose lookup fails is left out, and the run is done',
    cases: /^user: /,
    problems: /^done, but old: pipeline .* owners$/,
    example: 'user: 500, for ever',
  },
  {
    what: 'om-sink: lineage without its entity counts as no lineage: stale edges stay, and the run is done',
    cases: /^lineage: empty object/,
    problems: /^done, but old: edge /,
    example: 'lineage: empty object, for ever',
  },
  {
    what: 'om-sink, ingestion: when services of datasets are listed as none, edges of datasets are called stale, and others drawn in their place',
    cases: /^dataset services: empty list/,
    problems: /^(after the next run: )?damage: edge /,
    example: 'dataset services: empty list, for ever',
  },
  {
    what: 'om-sink: a pipeline that the list does not show is written as a new one; its edited description is never brought over',
    cases: /^pipelines: empty list/,
    problems: /^after the next run: done, but old: pipeline .* description$/,
    example: 'pipelines: empty list, for ever',
  },
  {
    what: 'om-sink: a text that the bot may not change is given up for good, even when it gets the right later, and the run is done',
    cases: /^pipeline PATCH: 403/,
    problems: /done, but old: pipeline .* description$/,
    example: 'pipeline PATCH: 403, for ever',
  },
  {
    what: 'http: a web page with status 200 counts as success where no body is expected: edges are called written or removed, and are not',
    cases: /^lineage (PUT|DELETE): HTML/,
    problems: /^done, but old: edge /,
    example: 'lineage PUT: HTML, for ever',
  },
  {
    what: 'connector-kestra: a run that the search shows and that is 404 by its id is written without its tasks, over the right one if there is one, and the run is done',
    cases: /^execution: 404/,
    problems: /^(damage|done, but old): run .* taskStatus$/,
    example: 'execution: 404, for ever',
  },
];

/** A problem that mutated texts bring about. */
export interface KnownTextFault {
  what: string;
  problems: RegExp;
  /** A text that shows it. */
  example: string;
}

export const knownConfigFaults: readonly KnownTextFault[] = [
  {
    what: 'runner: an error of the YAML parser shows the text at which it stopped, and with it a password or a token',
    problems: /^shows a secret: .* in YAML stream/,
    example: 'source: {}\n}\njwtToken: SECRET\n',
  },
];

export const knownSourceFaults: readonly KnownTextFault[] = [
  {
    what: 'connector-kestra: the YAML of a flow that Kestra cannot parse makes the parser print warnings, with the text, to the terminal',
    problems: /^a warning of the process: YAMLWarning /,
    example: '%NO_SUCH_DIRECTIVE with a secret\n---\nid: a\nnamespace: b\ntasks: [{id: t, type: x}]\n',
  },
];

/** The problems that are not known. */
export const unknownOf = (problems: readonly string[], known: readonly { problems: RegExp }[]): string[] =>
  problems.filter((problem) => !known.some((each) => each.problems.test(problem)));

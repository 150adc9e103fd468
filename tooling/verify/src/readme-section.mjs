import { groups } from './mutant-groups.mjs';

const begin = '<!-- What verify:full writes. -->';
const end = '<!-- Until here. -->';

const number = (value) => value.toLocaleString('en');
const day = ({ startedAt }) => startedAt.slice(0, 10);
const sum = (figures, pick) => Object.values(figures).reduce((total, part) => total + pick(part), 0);
const failuresOf = ({ figures }) => sum(figures, ({ failures }) => failures.length);
const outcome = (part) => (part.passed ? 'none failed' : `${number(Math.max(1, failuresOf(part)))} failed`);

/** What each part says, in the order of the page. */
const rows = {
  faults: (part) => {
    const known = sum(part.figures, ({ known = 0 }) => known);
    return [
      `${number(sum(part.figures, ({ count }) => count))} faults: every kind at every endpoint of both sides`,
      known > 0
        ? `${outcome(part)} but for [${known} that are known](tooling/verify/src/known-faults.ts)`
        : outcome(part),
    ];
  },
  fuzzing: (part) => [
    `${number(sum(part.figures, ({ count }) => count))} mutated answers, items and configs`,
    outcome(part),
  ],
  kills: (part) => [
    `${number(sum(part.figures, ({ count }) => count))} kills at random points, then a run to the end`,
    part.passed ? 'the catalog of one clean run' : outcome(part),
  ],
  soak: ({ passed, figures: { soak } }) => [
    `\`watch\` for ${soak.minutes} minutes, ${number(soak.changes)} changes, ${number(soak.bouts)} bouts of faults`,
    passed
      ? `memory ${Math.round(soak.memory.first)} → ${Math.round(soak.memory.last)} MB, open files ${soak.files.first} → ${soak.files.last}, the catalog of one clean run`
      : soak.failures.join(', '),
  ],
  image: ({ passed, figures: { image } }) => [
    `the image, built from its Dockerfile without Docker: ${number(image.steps)} steps`,
    passed ? `${number(image.started)} of its commands run` : image.failures.join(', '),
  ],
  ...Object.fromEntries(
    Object.keys(groups).map((name) => [
      `mutants-${name}`,
      ({ figures }) => mutantRow(name, figures.mutants.groups[name]),
    ]),
  ),
};

function mutantRow(name, { mutants = 0, score, share, atLeast }) {
  const tried = `${number(mutants)} changes of the code of ${name}`;
  if (score === undefined) return [tried, 'could not be measured'];
  if (share === 1) return [tried, `${score} % noticed by its tests`];
  return [`${tried}, by chance`, `${score} % noticed by its tests; of all changes, at least ${atLeast} %`];
}

/** The table for people of a result of `verify:full`; parts that were never run are not in it. */
export function sectionOf(result) {
  const lines = Object.entries(rows).flatMap(([name, row]) => {
    const part = result[name];
    if (part === undefined || Object.keys(part.figures).length === 0) return [];
    const [what, how] = row(part);
    return [`| ${what} | ${how} | ${day(part)} |`];
  });
  return ['| what was done to it | what came of it | when |', '| --- | --- | --- |', ...lines].join('\n');
}

/** The page with the table between its marks. */
export function withSection(page, result) {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page has no place for the figures: ${begin} … ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${sectionOf(result)}\n\n${page.slice(to)}`;
}

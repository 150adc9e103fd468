/** How far around a run, or a window, its neighbours are looked for, ms. */
const neighbourhood = 1000;

/** What to search for the runs of a window (ms) together with all their neighbours: those outside the window are `neighbour` events. */
export const withNeighbours = ({ since, until }: { since: number; until: number }) => ({
  since: Math.max(0, since - neighbourhood),
  until: until + neighbourhood,
});

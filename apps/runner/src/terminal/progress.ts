import type { Progress } from '@flowmeta/ingestion';
import type { Terminal } from './terminal.js';

/** ms between two lines where there is no terminal to redraw one on. */
const plainInterval = 10_000;

/** Shows a line on a terminal, over and over in the same place; elsewhere a plain line from time to time. `elapsed`: ms since the start. */
export function statusLine(terminal: Terminal): (line: string, elapsed: number) => void {
  let saidAt = 0;
  return (line, elapsed) => {
    if (terminal.isLive) {
      terminal.live(line);
    } else if (elapsed - saidAt >= plainInterval) {
      saidAt = elapsed;
      terminal.log('INFO', line);
    }
  };
}

/** Shows how far a run is. */
export function progressDisplay(terminal: Terminal): (progress: Progress) => void {
  const show = statusLine(terminal);
  let rate = { at: 0, runs: 0, perSecond: 0 };

  return (progress) => {
    if (progress.phase === 'done') {
      terminal.live(undefined);
      return;
    }
    const { elapsed, runs } = progress;
    if (elapsed - rate.at >= 1000) {
      rate = { at: elapsed, runs, perSecond: Math.round(((runs - rate.runs) * 1000) / (elapsed - rate.at)) };
    }
    show(progressLine(progress, rate.perSecond), elapsed);
  };
}

const phases: Record<Progress['phase'], string> = {
  opening: 'connecting',
  pipelines: 'reading pipelines',
  runs: 'reading runs',
  lineage: 'writing lineage',
  done: 'done',
};

function progressLine({ phase, pipelines, runs, writes, elapsed }: Progress, perSecond: number): string {
  const parts = [`${pipelines} pipelines`, `${runs} runs`, `${writes} writes`];
  if (perSecond > 0) parts.push(`${perSecond} runs/s`);
  parts.push(duration(elapsed));
  return `${phases[phase]} … ${parts.join(' · ')}`;
}

/** e.g. `42 s`, `3 min 05 s`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

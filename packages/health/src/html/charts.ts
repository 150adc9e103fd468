import { formatCount, html, type Markup } from '@flowmeta/report/rendering';
import type { HealthStatistics, OutcomeCounts } from '../types.js';

const shares = [
  { key: 'succeeded', word: 'succeeded', tone: 'good' },
  { key: 'warnings', word: 'with a warning', tone: 'warn' },
  { key: 'failures', word: 'failed', tone: 'bad' },
  { key: 'cancelled', word: 'cancelled', tone: 'calm' },
  { key: 'skipped', word: 'skipped', tone: 'faint' },
  { key: 'unclear', word: 'unclear', tone: 'faint' },
  { key: 'open', word: 'open', tone: 'open' },
] as const satisfies readonly { key: keyof OutcomeCounts; tone: string; word: string }[];

/** How the task runs went, as one bar. */
export function outcomeBar(statistics: HealthStatistics): Markup {
  const present = shares.map((share) => ({ ...share, count: statistics[share.key] })).filter(({ count }) => count > 0);
  const label = present.map(({ word, count }) => `${formatCount(count)} ${word}`).join(', ') || 'no task runs';
  let start = 0;
  const segments = present.map(({ tone, count }) => {
    const width = (count / statistics.count) * 100;
    const segment = html`<rect class="${tone}" x="${start.toFixed(2)}" width="${width.toFixed(2)}" height="6"/>`;
    start += width;
    return segment;
  });
  return html`<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="${label}"><title>${label}</title>${segments}</svg>`;
}

/** The legend of the bar: what there is of each outcome. */
export function outcomeLegend(statistics: HealthStatistics): Markup {
  return html`<ul class="legend">${shares
    .filter(({ key }) => statistics[key] > 0)
    .map(
      ({ key, word, tone }) => html`<li><i class="dot ${tone}"></i>${formatCount(statistics[key])} ${word}</li>`,
    )}</ul>`;
}

const barHeight = 18;

/** Task runs over the window, failures at the foot of each bar. */
export function activityChart({ activity, count }: HealthStatistics): Markup {
  const most = Math.max(1, ...activity.map((part) => part.count));
  const height = (amount: number): number => (amount === 0 ? 0 : Math.max(1, (amount / most) * barHeight));
  const bars = activity.map((part, index) => {
    const whole = height(part.count);
    const failed = height(part.failures);
    return html`<rect class="info" x="${index * 5}" y="${(barHeight - whole).toFixed(1)}" width="4" height="${whole.toFixed(1)}"/>${
      failed > 0
        ? html`<rect class="bad" x="${index * 5}" y="${(barHeight - failed).toFixed(1)}" width="4" height="${failed.toFixed(1)}"/>`
        : undefined
    }`;
  });
  const label = `${formatCount(count)} task runs over the window, ${formatCount(most)} at most in one of ${activity.length} parts`;
  return html`<svg class="activity" viewBox="0 0 ${activity.length * 5 - 1} ${barHeight}" width="${activity.length * 5 - 1}" height="${barHeight}" preserveAspectRatio="none" role="img" aria-label="${label}">${bars}</svg>`;
}

/** A share of the largest value as a thin bar. */
export function shareBar(value: number, largest: number): Markup {
  const width = largest === 0 ? 0 : (value / largest) * 100;
  return html`<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="info" width="${width.toFixed(2)}" height="6"/></svg>`;
}

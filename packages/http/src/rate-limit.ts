import type { Cancellation } from './cancellation.js';
import { pause } from './pause.js';

/**
 * Spreads starts over time: a token bucket that holds one second's worth, at least one. Whoever asks is given the next
 * free instant at once, so the order is that of asking; an instant that is not used after all is lost, not passed on.
 */
export class RateLimit {
  readonly #interval: number;
  readonly #slack: number;
  readonly #now: () => number;
  /** When the bucket would be empty of debts, ms. */
  #paidUntil = Number.NEGATIVE_INFINITY;

  /** @throws TypeError for a rate that is no number above 0. */
  constructor(perSecond: number, now: () => number) {
    if (!(perSecond > 0 && Number.isFinite(perSecond))) {
      throw new TypeError('requestsPerSecond must be a number above 0');
    }
    this.#interval = 1000 / perSecond;
    this.#slack = (Math.max(1, perSecond) - 1) * this.#interval;
    this.#now = now;
  }

  /** Resolves true when it is this one's turn, false at once when that would be at or behind the deadline. */
  take({ cancellation, deadline }: { cancellation: Cancellation; deadline: number }): Promise<boolean> | boolean {
    const now = this.#now();
    const since = Math.max(this.#paidUntil, now);
    const wait = since - this.#slack - now;
    if (wait > 0 && now + wait >= deadline) return false;
    this.#paidUntil = since + this.#interval;
    if (wait <= 0) return true;
    return pause(wait, cancellation).then(() => true);
  }
}

import { OpenMetadataError } from './error.js';
import { isDatabaseFault, missingInstance } from './error-message.js';

/** `answer`: what OpenMetadata says as if its database were away; `waitMs`: how long a request waits at most; `afterMs`: how long it did. */
export type DatabaseAvailability =
  | { available: false; answer: string; waitMs: number }
  | { available: true; afterMs: number };

export interface OutagePatience {
  /** Waits between tries, ms; together about two minutes by default. */
  waits?: readonly number[];
  /** For tests, as `now`, in ms. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  now?: () => number;
}

export interface OutageGuardOptions extends OutagePatience {
  /** Called when the first request begins to wait, and when one that has waited gets through. */
  onAvailability?: (change: DatabaseAvailability) => void;
  signal?: AbortSignal;
}

const defaultWaits = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 30_000, 30_000];

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/**
 * Tells a database that is away for a moment from a true refusal. While it is away or has just come back, OpenMetadata
 * says that a good token is invalid, or that the service or the user does not exist (OM fact 4). Before the first
 * accepted sign-in a 401 is believed at once.
 */
export function createOutageGuard(options: OutageGuardOptions = {}) {
  const { waits = defaultWaits, sleep = wait, now = () => performance.now(), onAvailability, signal } = options;
  const known = new Set<string>();
  let signedIn = false;
  let awaySince: number | undefined;

  const looksPassing = (error: OpenMetadataError): boolean => {
    if (!signedIn) return false;
    if (error.status === 401) return true;
    if (error.status === 500) return isDatabaseFault(error.message);
    if (error.status !== 404) return false;
    const missing = missingInstance(error.message);
    return missing !== undefined && known.has(`${missing.type} ${missing.name}`);
  };

  const begins = ({ status, message }: OpenMetadataError): void => {
    if (awaySince !== undefined) return;
    awaySince = now();
    onAvailability?.({ available: false, answer: `${status} ${message.split('\n', 1)[0]}`, waitMs: total(waits) });
  };

  const isBack = (): void => {
    if (awaySince === undefined) return;
    const afterMs = now() - awaySince;
    awaySince = undefined;
    onAvailability?.({ available: true, afterMs });
  };

  return {
    signedIn(): void {
      signedIn = true;
    },
    expectToExist(type: string, name: string): void {
      known.add(`${type} ${name}`);
    },
    /** Runs a request, again and again while its failures look as if they would pass. */
    async run<T>(request: () => Promise<T>): Promise<T> {
      for (let tries = 0; ; tries += 1) {
        try {
          const answer = await request();
          if (tries > 0) isBack();
          return answer;
        } catch (error) {
          if (!(error instanceof OpenMetadataError)) throw error;
          if (!looksPassing(error)) {
            // Any other refusal comes from a server that has its database.
            if (tries > 0 && error.status !== undefined && error.status < 500) isBack();
            throw error;
          }
          const pause = waits[tries];
          if (pause === undefined) throw tries === 0 ? error : givenUp(error, waits);
          // Of those that wait already, one more refusal is no news.
          if (tries === 0) begins(error);
          await sleep(pause, signal);
        }
      }
    },
  };
}

const total = (waits: readonly number[]): number => waits.reduce((sum, ms) => sum + ms, 0);

function givenUp(error: OpenMetadataError, waits: readonly number[]): OpenMetadataError {
  const seconds = Math.round(total(waits) / 1000);
  return new OpenMetadataError(`${error.message} (still so after ${seconds} s)`, {
    kind: 'outage',
    verdict: 'fatal',
    hint:
      error.status === 401
        ? "The token was good when the run began. Either it has been revoked since, or OpenMetadata's database is away."
        : "It was there when the run began. Most likely OpenMetadata's database is away. Run again once it is back.",
    cause: error,
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(error.request === undefined ? {} : { request: error.request }),
  });
}

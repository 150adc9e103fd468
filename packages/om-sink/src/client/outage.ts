import { OpenMetadataError } from './error.js';
import { isDatabaseFault, missingInstance } from './error-message.js';

export interface OutagePatience {
  /** Waits between tries, ms; together about two minutes by default. */
  waits?: readonly number[];
  /** For tests. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
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
export function createOutageGuard(options: OutagePatience & { signal?: AbortSignal } = {}) {
  const { waits = defaultWaits, sleep = wait, signal } = options;
  const known = new Set<string>();
  let signedIn = false;

  const looksPassing = (error: OpenMetadataError): boolean => {
    if (!signedIn) return false;
    if (error.status === 401) return true;
    if (error.status === 500) return isDatabaseFault(error.message);
    if (error.status !== 404) return false;
    const missing = missingInstance(error.message);
    return missing !== undefined && known.has(`${missing.type} ${missing.name}`);
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
          return await request();
        } catch (error) {
          if (!(error instanceof OpenMetadataError) || !looksPassing(error)) throw error;
          const pause = waits[tries];
          if (pause === undefined) throw tries === 0 ? error : givenUp(error, waits);
          await sleep(pause, signal);
        }
      }
    },
  };
}

function givenUp(error: OpenMetadataError, waits: readonly number[]): OpenMetadataError {
  const seconds = Math.round(waits.reduce((sum, ms) => sum + ms, 0) / 1000);
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

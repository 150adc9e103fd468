// @ts-check
// Runs one connector in a worker or a process of its own, for `openIsolated`. JavaScript, since Node starts it as it is.
import { parentPort } from 'node:worker_threads';
import { packError, unpackError } from './plain-error.js';

/** @typedef {import('./messages.js').ToGuest} ToGuest */
/** @typedef {import('./messages.js').ToHost} ToHost */
/** @typedef {import('@flowmeta/connector').Connector} Connector */

/** @type {(message: ToHost, sent?: () => void) => void} */
const send = parentPort
  ? (message, sent) => {
      parentPort?.postMessage(message);
      sent?.();
    }
  : // What goes wrong with sending is that the host has gone, and then this process goes too.
    (message, sent) => process.send?.(message, undefined, undefined, () => sent?.());

/** @type {Connector | undefined} */
let connector;
/** @type {Map<number, { abort: AbortController, credit: number, wake: () => void }>} */
const calls = new Map();
/** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
const questions = new Map();
let lastQuestion = 0;

/** @type {Record<ToGuest['kind'], (message: any) => unknown>} */
const handlers = {
  open,
  call,
  more({ id, credit }) {
    const running = calls.get(id);
    if (!running) return;
    running.credit += credit;
    running.wake();
  },
  stop({ id }) {
    const running = calls.get(id);
    running?.abort.abort(new Error('not wanted any more'));
    running?.wake();
  },
  answer({ question, value, error }) {
    const waiting = questions.get(question);
    questions.delete(question);
    if (error) waiting?.reject(unpackError(error));
    else waiting?.resolve(value);
  },
};

/** @param {Extract<ToGuest, { kind: 'open' }>} message */
async function open({ module, exported, config, clockOffset, context }) {
  try {
    let definition = await import(module);
    for (const key of exported) definition = definition[key];
    connector = /** @type {Connector} */ (
      definition.open(definition.configSchema.parse(config), {
        ...context,
        now: () => Date.now() + clockOffset,
        debug: (/** @type {unknown} */ text) => send({ kind: 'debug', message: String(text) }),
        onRequest: (/** @type {object} */ request) => send({ kind: 'request', request: { ...request } }),
        onAvailability: (/** @type {object} */ change) => send({ kind: 'availability', change: { ...change } }),
      })
    );
    const { name, specVersion, capabilities } = connector;
    const methods = /** @type {const} */ (['owns', 'exists', 'installedTypes', 'countRuns', 'tenants']).filter(
      (method) => typeof connector?.[method] === 'function',
    );
    send({ kind: 'opened', name, specVersion, capabilities: { ...capabilities }, methods });
  } catch (error) {
    send({ kind: 'refused', error: packError(error) });
  }
}

/** @param {Extract<ToGuest, { kind: 'call' }>} message */
async function call({ id, method, args, questions: asked, credit }) {
  const running = { abort: new AbortController(), credit, wake: () => {} };
  calls.set(id, running);
  try {
    const options = /** @type {Record<string, unknown>} */ (args.at(-1) ?? {});
    options.signal = running.abort.signal;
    for (const what of asked) {
      options[what] = (/** @type {unknown[]} */ ...details) =>
        new Promise((resolve, reject) => {
          lastQuestion += 1;
          questions.set(lastQuestion, { resolve, reject });
          send({ kind: 'ask', question: lastQuestion, call: id, what, args: details });
        });
    }
    const target = /** @type {Record<string, (...args: unknown[]) => any>} */ (/** @type {unknown} */ (connector));
    const answer = target[method]?.call(connector, ...args.slice(0, -1), options);
    if (method !== 'check' && method !== 'read') send({ kind: 'end', id, value: await answer });
    else {
      await sendAll(id, answer, running);
      send({ kind: 'end', id });
    }
  } catch (error) {
    send({ kind: 'fail', id, error: packError(error) });
  } finally {
    calls.delete(id);
  }
}

/**
 * Sends what a stream yields, and asks it for the next only where the host has room.
 *
 * @param {number} id
 * @param {AsyncIterable<any>} stream
 * @param {{ abort: AbortController, credit: number, wake: () => void }} running
 */
async function sendAll(id, stream, running) {
  const { signal } = running.abort;
  for await (const value of stream) {
    if (signal.aborted) return;
    running.credit -= 1;
    if (value?.kind === 'skipped') send({ kind: 'skipped', id, ref: value.ref, error: packError(value.error) });
    else send({ kind: 'item', id, value });
    while (running.credit <= 0 && !signal.aborted) {
      await new Promise((resolve) => {
        running.wake = () => resolve(undefined);
      });
    }
    if (signal.aborted) return;
  }
}

const receive = (/** @type {ToGuest} */ message) => void handlers[message.kind](message);
if (parentPort) parentPort.on('message', receive);
else {
  process.on('message', receive);
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches all processes of a terminal; when this one ends is for the host to say.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  process.on('uncaughtException', (error) => {
    send({ kind: 'crash', error: packError(error) }, () => process.exit(1));
  });
}
send({ kind: 'ready' });

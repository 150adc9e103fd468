// @ts-check
// JavaScript, since guest.js, which Node starts as it is, needs it too.

/**
 * An error as data. Cloning alone would lose its verdict, which is what a caller acts on.
 *
 * @typedef {{ name: string, message: string, stack?: string, verdict?: string, hint?: string,
 *   details: Record<string, string | number | boolean>, cause?: PlainError }} PlainError
 */

const verdictMark = Symbol.for('flowmeta.verdict');
const deepestCause = 4;

/**
 * @param {unknown} error
 * @returns {PlainError}
 */
export function packError(error, depth = 0) {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), details: {} };
  const { name, message, stack, cause } = error;
  const own = /** @type {Record<string | symbol, unknown>} */ (/** @type {unknown} */ (error));
  const { verdict: _verdict, hint, name: _name, message: _message, stack: _stack, ...others } = own;
  const details = Object.entries(others).filter(([, value]) => /^(?:string|number|boolean)$/.test(typeof value));
  const verdict = own[verdictMark];
  return {
    name,
    message,
    ...(stack === undefined ? {} : { stack }),
    ...(typeof verdict === 'string' ? { verdict } : {}),
    ...(typeof hint === 'string' ? { hint } : {}),
    details: /** @type {Record<string, string>} */ (Object.fromEntries(details)),
    ...(cause === undefined || depth >= deepestCause ? {} : { cause: packError(cause, depth + 1) }),
  };
}

/**
 * @param {PlainError} plain
 * @returns {Error}
 */
export function unpackError({ name, message, stack, verdict, hint, details, cause }) {
  const error = new Error(message, cause === undefined ? undefined : { cause: unpackError(cause) });
  Object.assign(error, details);
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  if (stack !== undefined) error.stack = stack;
  if (hint !== undefined) Object.assign(error, { hint });
  if (verdict !== undefined) {
    Object.assign(error, { verdict });
    Object.defineProperty(error, verdictMark, { value: verdict });
  }
  return error;
}

import { constants } from 'node:buffer';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { Cancellation } from './cancellation.js';

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** Marks a try that took too long; told apart from what sockets throw. */
export class TryTimeout extends Error {}

/** The answer's body is longer than it may be. */
export class BodyTooLarge extends Error {}

const decoders: Record<string, (data: Buffer, options: { maxOutputLength: number }) => Buffer> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

function decode(chunks: Buffer[], encoding: string | undefined, maxBodyBytes: number): Buffer {
  const data = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  if (encoding === undefined || encoding === 'identity' || data.length === 0) return data;
  const decoder = decoders[encoding.toLowerCase()];
  if (decoder === undefined) throw new Error(`the answer has the unknown content encoding "${encoding}"`);
  try {
    // A few kilobytes can unpack to gigabytes.
    return decoder(data, { maxOutputLength: Math.min(maxBodyBytes, constants.MAX_LENGTH) });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw new BodyTooLarge();
    // A cut-off stream counts as half an answer.
    throw error;
  }
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}

/**
 * Sends one request and reads the whole answer. Uses undici's dispatch without its stream and promise layers, which
 * thousands of small requests would pay for.
 *
 * Rejects with a `TryTimeout`, a `BodyTooLarge`, with the cancellation's reason at once, or with the error of the connection.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  options: { timeoutMs: number; maxBodyBytes: number; cancellation: Cancellation },
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let failure: unknown;
    let done = false;
    let status = 0;
    let headers: Record<string, string> = {};
    const chunks: Buffer[] = [];
    let length = 0;

    const finish = (): boolean => {
      if (done) return false;
      done = true;
      clearTimeout(timer);
      options.cancellation.listen(undefined);
      return true;
    };
    const stop = (reason: unknown): void => {
      if (!finish()) return;
      failure = reason;
      // While the connection is being made there is no controller: `onRequestStart` stops it then.
      controller?.abort(asError(reason));
      reject(reason);
    };
    const timer = setTimeout(() => stop(new TryTimeout()), options.timeoutMs);
    options.cancellation.listen(stop);
    if (done) return;

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started;
        if (done) started.abort(asError(failure));
      },
      onResponseStart(_controller, statusCode, answerHeaders) {
        status = statusCode;
        headers = flatten(answerHeaders);
        if (Number(headers['content-length']) > options.maxBodyBytes) stop(new BodyTooLarge());
      },
      onResponseData(_controller, chunk) {
        length += chunk.length;
        if (length > options.maxBodyBytes) stop(new BodyTooLarge());
        else if (!done) chunks.push(chunk);
      },
      onResponseEnd() {
        if (!finish()) return;
        try {
          resolve({ status, headers, body: decode(chunks, headers['content-encoding'], options.maxBodyBytes) });
        } catch (error) {
          reject(error);
        }
      },
      onResponseError(_controller, error) {
        if (finish()) reject(error);
      },
    };
    try {
      dispatcher.dispatch(request, handler);
    } catch (error) {
      if (finish()) reject(error);
    }
  });
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));

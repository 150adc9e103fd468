import { hintOf } from '@flowmeta/connector';
import { createHttpClient, isHttpError } from '@flowmeta/http';
import type { Redactor } from '@flowmeta/redact';
import type { Host } from '../host.js';
import { UsageError } from '../usage-error.js';
import { proxyOf, userAgent } from './open-source.js';

/** The variable that names the webhook: on the command line other users of the machine would see the secret. */
const webhookVariable = 'FLOWMETA_WEBHOOK_URL';

/** Shorter parts of an address are words, not secrets. */
const shortestSecret = 8;

/** The webhook's address. Nobody repeats it: who knows it can post. */
export function webhookOf({ environment }: Pick<Host, 'environment'>): URL {
  const text = environment[webhookVariable];
  if (!text) throw new UsageError(`--webhook: ${webhookVariable} is not set`, 'Set it to the address of the webhook.');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${webhookVariable}: this is no http address`, 'Copy it from the settings of the webhook.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(
      `${webhookVariable}: an address with a user name can not be posted to`,
      'Take the user name away.',
    );
  }
  return url;
}

/** What of a webhook's address is never shown: all of it but the server. */
export function secretsOfWebhook(url: URL): string[] {
  const parts = [
    url.href,
    `${url.pathname}${url.search}`,
    url.pathname,
    url.search.slice(1),
    ...url.searchParams.values(),
  ];
  const segments = url.pathname.split('/').flatMap((segment) => [segment, decoded(segment)]);
  return [...parts, ...segments].filter(({ length }) => length >= shortestSecret);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** How it went: `undefined` when the message was taken. */
export type Refusal = { what: string; todo: string } | undefined;

/** Posts a message to a webhook. A refusal is an answer; rejects only when it is interrupted. */
export async function postWebhook(
  url: URL,
  { message, host, redactor, signal }: { message: unknown; host: Host; redactor: Redactor; signal: AbortSignal },
): Promise<Refusal> {
  const client = createHttpClient({
    baseUrl: url.origin,
    proxy: proxyOf(host.environment),
    userAgent: userAgent(),
    redact: redactor.text,
  });
  try {
    await client.request({
      method: 'POST',
      path: url.pathname,
      query: url.searchParams,
      body: message,
      expect: 'text',
      signal,
    });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (isHttpError(error) && error.kind === 'status') {
      const answer = error.body?.trim() ? `, ${firstLine(error.body)}` : '';
      return {
        what: `the webhook at ${url.host} refused the message: status ${error.status}${answer}`,
        todo: 'Check its address, and that it has not been removed.',
      };
    }
    const reason = error instanceof Error ? error.message : `${error}`;
    return {
      what: `the webhook at ${url.host} could not be posted to: ${reason}`,
      todo: hintOf(error) ?? 'Check its address, and that it can be reached from here.',
    };
  } finally {
    await client.close();
  }
}

const longestAnswer = 200;

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0]!.trim();
  return line.length > longestAnswer ? `${line.slice(0, longestAnswer)}…` : line;
}

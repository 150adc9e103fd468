import { createHttpClient, type HttpRequest, type HttpResponse } from '@flowmeta/http';
import type { z } from 'zod';
import type { OmClientOptions } from '../types.js';
import { OpenMetadataError } from './error.js';
import { missingInstance } from './error-message.js';
import { apiBase } from './host-port.js';
import { createOutageGuard } from './outage.js';
import { translateError } from './translate-error.js';

/** Bodies above this size go out gzipped, bytes: every recorded server takes that (OM fact 22). */
const gzipAbove = 65_536;

/** One request at a time over HTTP, with OpenMetadata's manners: its errors, its outages. */
export interface Transport {
  readonly baseUrl: string;
  send(request: HttpRequest): Promise<HttpResponse>;
  /** The body, checked against a schema. */
  read<Schema extends z.ZodType>(request: HttpRequest, schema: Schema): Promise<z.output<Schema>>;
  /** The same, and `undefined` where OpenMetadata says that it has no such entity. */
  find<Schema extends z.ZodType>(request: HttpRequest, schema: Schema): Promise<z.output<Schema> | undefined>;
  signedIn(): void;
  expectToExist(type: string, name: string): void;
  close(): Promise<void>;
}

export function createTransport(options: OmClientOptions): Transport {
  const { hostPort, jwtToken, extraHeaders, timeoutMs = 60_000, outage, signal, ...rest } = options;
  const baseUrl = apiBase(hostPort);
  const { deadline, retry, concurrency, requestsPerSecond, circuit, tls, proxy, userAgent, dispatcher } = rest;
  const { onAttempt, onAvailability } = rest;
  const http = createHttpClient({
    baseUrl,
    headers: { ...extraHeaders, ...(jwtToken === undefined ? {} : { authorization: `Bearer ${jwtToken}` }) },
    timeoutMs,
    ...(deadline === undefined ? {} : { deadline }),
    ...(retry === undefined ? {} : { retry }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    ...(circuit === undefined ? {} : { circuit }),
    ...(tls === undefined ? {} : { tls }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(dispatcher === undefined ? {} : { dispatcher }),
    ...(onAttempt === undefined ? {} : { onAttempt }),
    ...(onAvailability === undefined ? {} : { onAvailability }),
  });
  const guard = createOutageGuard({
    ...outage,
    ...(onAvailability === undefined ? {} : { onAvailability }),
    ...(signal === undefined ? {} : { signal }),
  });

  const send = (request: HttpRequest): Promise<HttpResponse> =>
    guard.run(async () => {
      try {
        return await http.request({ gzipAbove, ...(signal === undefined ? {} : { signal }), ...request });
      } catch (error) {
        throw translateError(error, `${request.method ?? 'GET'} ${request.path}`);
      }
    });

  const read = async <Schema extends z.ZodType>(request: HttpRequest, schema: Schema): Promise<z.output<Schema>> => {
    const { body } = await send(request);
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new OpenMetadataError(
      `The answer to ${request.method ?? 'GET'} ${request.path} is not what OpenMetadata sends: ${issue?.path.join('.') || 'the body'}: ${issue?.message}`,
      { kind: 'wrong-answer', verdict: 'skip', request: `${request.method ?? 'GET'} ${request.path}` },
    );
  };

  return {
    baseUrl,
    send,
    read,
    async find(request, schema) {
      try {
        return await read(request, schema);
      } catch (error) {
        // A 404 of a proxy or of a wrong path is no proof that the entity is absent.
        const absent =
          error instanceof OpenMetadataError && error.status === 404 && missingInstance(error.message) !== undefined;
        if (absent) return undefined;
        throw error;
      }
    },
    signedIn: guard.signedIn,
    expectToExist: guard.expectToExist,
    close: () => http.close(),
  };
}

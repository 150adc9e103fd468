export { createHttpClient } from './client.js';
export { HttpError, type HttpErrorDetails, isHttpError } from './http-error.js';
export { path } from './path.js';
export { defaultRetryPolicy } from './retry.js';
export type {
  CircuitPolicy,
  HttpAttempt,
  HttpAvailability,
  HttpClient,
  HttpClientOptions,
  HttpErrorKind,
  HttpRequest,
  HttpResponse,
  HttpVerdict,
  RetryPolicy,
  TlsOptions,
} from './types.js';

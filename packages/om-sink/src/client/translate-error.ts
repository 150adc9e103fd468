import { OpenMetadataError, type OpenMetadataErrorKind, verdictOf } from './error.js';
import { errorMessage, isUnknownPath } from './error-message.js';

/** What an error of the HTTP client carries, as far as it is read here. */
interface Failure {
  kind?: string;
  status?: number;
  body?: string;
  message: string;
  hint?: string;
}

const hints: Partial<Record<OpenMetadataErrorKind, string>> = {
  'sign-in':
    "Check that jwtToken is the bot's current token (in OpenMetadata: Settings, Bots, ingestion-bot). A new token makes the old one invalid.",
  forbidden: 'Give the bot a role that allows this, for example the Ingestion Bot role.',
  'not-openmetadata':
    'Check hostPort: it is the url of the OpenMetadata server itself, such as https://openmetadata.example.com/api. A sign-in page of a proxy in front of it answers like this too.',
};

function kindOf(failure: Failure, request: string): OpenMetadataErrorKind {
  const { status } = failure;
  if (failure.kind === 'not-json' || failure.kind === 'redirect' || failure.kind === 'https-redirect') {
    return 'not-openmetadata';
  }
  if (status === undefined) return 'unreachable';
  if (status === 401) return 'sign-in';
  if (status === 403) return 'forbidden';
  const said = errorMessage(failure.body);
  if (status >= 400 && said === undefined && status < 500) return 'not-openmetadata';
  // Every OpenMetadata has this path; behind a wrong prefix it answers with 500 and these words.
  const isWrongPath = status === 404 || (said !== undefined && isUnknownPath(said));
  if (isWrongPath && request.endsWith(' /system/version')) return 'not-openmetadata';
  if (status === 404) return 'not-found';
  if (status === 409) return 'conflict';
  return status >= 500 ? 'server' : 'refused';
}

/** For an answer that no OpenMetadata gives. */
export function notOpenMetadata(message: string): OpenMetadataError {
  const kind = 'not-openmetadata';
  return new OpenMetadataError(message, { kind, verdict: 'fatal', hint: hints[kind]! });
}

/**
 * An error of the HTTP client in words of OpenMetadata. Anything else (an abort, a mistake in the program) is handed
 * back as it is.
 */
export function translateError(error: unknown, request: string): unknown {
  const verdict = verdictOf(error);
  if (verdict === undefined || error instanceof OpenMetadataError) return error;
  const failure = error as Failure;
  const kind = kindOf(failure, request);
  const said = failure.status === undefined || kind === 'not-openmetadata' ? undefined : errorMessage(failure.body);
  const hint = failure.kind?.endsWith('redirect') ? failure.hint : (hints[kind] ?? failure.hint);
  return new OpenMetadataError(said ?? failure.message, {
    kind,
    // One missing right must not end the run: another entity may allow it.
    verdict: kind === 'forbidden' ? 'skip' : kind === 'sign-in' ? 'fatal' : verdict,
    request,
    cause: error,
    ...(hint === undefined ? {} : { hint }),
    ...(failure.status === undefined ? {} : { status: failure.status }),
  });
}

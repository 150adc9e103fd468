const messageField = /"(?:message|responseMessage)"\s*:\s*"((?:[^"\\]|\\.)*)/;
const wrapperStart = 'An exception with message [';
const wrapperEnd = '] was thrown while processing request.';

/**
 * The sentence in an answer of OpenMetadata: it has three shapes, `{"code","message"}`, `{"responseMessage"}` and plain
 * text (OM fact 3). The text may be cut off, so that it need not parse. `undefined` for HTML and for nothing.
 */
export function errorMessage(body: string | undefined): string | undefined {
  const text = body?.trim() ?? '';
  if (text === '' || text.startsWith('<')) return undefined;
  const raw = messageField.exec(text)?.[1];
  const message = raw === undefined ? text : unescapeJson(raw);
  if (!message.startsWith(wrapperStart)) return message;
  const inner = message.slice(wrapperStart.length);
  return inner.endsWith(wrapperEnd) ? inner.slice(0, -wrapperEnd.length) : inner;
}

function unescapeJson(raw: string): string {
  // The cut may lie in the middle of an escape.
  for (const candidate of [raw, raw.replace(/\\[^\\]{0,5}$/, '…')]) {
    try {
      return JSON.parse(`"${candidate}"`) as string;
    } catch {
      // The next one, or the text as it is.
    }
  }
  return raw;
}

/** `type` and name of what OpenMetadata says it can't find, e.g. `pipelineService` and `kestra`; a long name is cut off. */
export function missingInstance(message: string): { type: string; name: string } | undefined {
  const match = /^(\S+) instance for ([\s\S]+?)(?: not found|…)$/.exec(message);
  return match === null ? undefined : { type: match[1]!, name: match[2]! };
}

/** True for the text that stands for an unknown path or method; it comes with status 500 (OM fact 3). */
export function isUnknownPath(message: string): boolean {
  return message.startsWith('HTTP 404') || message.startsWith('HTTP 405');
}

// Not every SQL error: a NUL in a name is one too, and stays one (OM fact 9).
const databaseWords = [
  /terminating connection/,
  /connection (has been|is) closed/i,
  /Connection to \S+ refused/,
  /Communications link failure|CommunicationsException/,
  /SQLTransientConnectionException|Connection is not available/,
  /I\/O error occurred while sending to the backend/,
  /database system is (starting up|shutting down|in recovery)/,
];

/** True when a 500 tells of a database that is away, not of this request. */
export function isDatabaseFault(message: string): boolean {
  return databaseWords.some((words) => words.test(message));
}

const messageField = /"(?:message|responseMessage)"\s*:\s*"((?:[^"\\]|\\.)*)/;
const wrapper = /^An exception with message \[([\s\S]*)\] was thrown while processing request\.$/;

/**
 * The sentence in an answer of OpenMetadata: it has three shapes, `{"code","message"}`, `{"responseMessage"}` and plain
 * text (OM fact 3). The text may be cut off, so that it need not parse. `undefined` for HTML and for nothing.
 */
export function errorMessage(body: string | undefined): string | undefined {
  const text = body?.trim() ?? '';
  if (text === '' || text.startsWith('<')) return undefined;
  const raw = messageField.exec(text)?.[1];
  const message = raw === undefined ? text : unescapeJson(raw);
  return wrapper.exec(message)?.[1] ?? message;
}

function unescapeJson(raw: string): string {
  try {
    return JSON.parse(`"${raw.replace(/\\?$/, '')}"`) as string;
  } catch {
    return raw;
  }
}

/** `type` and name of what OpenMetadata says it can't find, e.g. `pipelineService` and `kestra`. */
export function missingInstance(message: string): { type: string; name: string } | undefined {
  const match = /^(\S+) instance for ([\s\S]+) not found$/.exec(message);
  return match === null ? undefined : { type: match[1]!, name: match[2]! };
}

/** True for the text that stands for an unknown path or method; it comes with status 500 (OM fact 3). */
export function isUnknownPath(message: string): boolean {
  return message.startsWith('HTTP 404') || message.startsWith('HTTP 405');
}

const databaseWords = [
  /SQLException/,
  /CommunicationsException/,
  /terminating connection/,
  /connection (has been|is) closed/i,
  /UnableToCreateStatement|UnableToExecuteStatement|UnableToObtainConnection/,
  /Connection is not available/,
];

/** True when a 500 tells of a database that is away, not of this request. */
export function isDatabaseFault(message: string): boolean {
  return databaseWords.some((words) => words.test(message));
}

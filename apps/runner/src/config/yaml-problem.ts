import type { ErrorCode, YAMLError } from 'yaml';
import type { ConfigProblem } from './config-error.js';

type Words = Pick<ConfigProblem, 'message' | 'hint'>;

const quotes = 'Put values and keys with special characters in quotes.';
const indentation = 'Indent the keys of one section alike, with spaces.';

/** In our own words: the parser's quote the text at which it stopped, which may be a password or a token. */
const words: Record<ErrorCode, Words> = {
  ALIAS_PROPS: { message: 'an alias (*) can have neither a tag nor an anchor', hint: quotes },
  BAD_ALIAS: { message: 'an alias (*) or anchor (&) that has no proper name', hint: quotes },
  BAD_COLLECTION_TYPE: {
    message: 'YAML tags have no meaning here',
    hint: 'Take the word that starts with "!" away.',
  },
  BAD_DIRECTIVE: { message: 'this line starts with "%" and is no YAML directive', hint: 'Take it away.' },
  BAD_DQ_ESCAPE: {
    message: 'a backslash with something after it that has no meaning in double quotes',
    hint: 'Use single quotes, or write each backslash twice.',
  },
  BAD_INDENT: { message: 'the indentation is wrong', hint: indentation },
  BAD_PROP_ORDER: { message: 'a tag or an anchor stands in the wrong place', hint: quotes },
  BAD_SCALAR_START: { message: 'a value may not start with this character without quotes', hint: quotes },
  BLOCK_AS_IMPLICIT_KEY: { message: 'a section or a list starts in the middle of a line', hint: quotes },
  BLOCK_IN_FLOW: {
    message: 'indented lines inside of brackets or braces',
    hint: 'Close the brackets and braces first.',
  },
  DUPLICATE_KEY: { message: 'this key stands in its section twice', hint: 'Keep one of them.' },
  IMPOSSIBLE: { message: 'this is no valid YAML', hint: quotes },
  KEY_OVER_1024_CHARS: { message: 'a key is longer than 1024 characters', hint: quotes },
  MISSING_CHAR: {
    message: 'something is missing here: a quote, a bracket, a brace, a comma, a colon, or the space after one',
    hint: 'Close what is open, and put one key on each line.',
  },
  MULTILINE_IMPLICIT_KEY: {
    message:
      'this line and the next do not fit together: one has no colon with a space behind it, or is indented otherwise',
    hint: `${indentation} ${quotes}`,
  },
  MULTIPLE_ANCHORS: { message: 'a value has two anchors (&)', hint: quotes },
  MULTIPLE_DOCS: { message: 'a second document starts here', hint: 'Keep one config per file.' },
  MULTIPLE_TAGS: { message: 'a value has two tags (!)', hint: quotes },
  NON_STRING_KEY: { message: 'a key here is no text', hint: quotes },
  RESOURCE_EXHAUSTION: { message: 'brackets and sections are nested too deep', hint: 'This is no config.' },
  TAB_AS_INDENT: { message: 'a tab stands where only spaces may', hint: indentation },
  TAG_RESOLVE_FAILED: {
    message: 'YAML tags have no meaning here',
    hint: 'Take the word that starts with "!" away.',
  },
  UNEXPECTED_TOKEN: {
    message: 'something stands here that YAML does not expect',
    hint: `Look for a bracket, a brace, a quote or a comma that is too much, around this line and above it. ${quotes}`,
  },
};

/** What an error of the YAML parser means for whoever wrote the file; nothing of the file's text is in it. */
export const yamlProblem = (code: ErrorCode): Words => words[code] ?? words.IMPOSSIBLE;

export const openQuote: Words = {
  message: 'the quote that begins here has no end',
  hint: 'Write the same quote at the end of the value.',
};

/** After one of these nothing more is known of how the lines belong together. */
const ofStructure: ReadonlySet<ErrorCode> = new Set([
  'TAB_AS_INDENT',
  'BAD_INDENT',
  'BLOCK_AS_IMPLICIT_KEY',
  'MULTILINE_IMPLICIT_KEY',
]);

type Problem = Pick<YAMLError, 'code' | 'pos' | 'message'>;

export const isOpenQuote = ({ code, message }: Problem): boolean =>
  code === 'MISSING_CHAR' && message.startsWith('Missing closing');

/** Errors in the order of the text, without those that only say again that the lines above do not fit together. */
export function withoutConsequences<T extends Problem>(errors: readonly T[]): T[] {
  const inOrder = errors
    // Of two at one place this one says more.
    .filter(
      ({ code, pos }) =>
        code !== 'BLOCK_AS_IMPLICIT_KEY' ||
        !errors.some((other) => other.code === 'MULTILINE_IMPLICIT_KEY' && other.pos[0] === pos[0]),
    )
    .sort((a, b) => a.pos[0] - b.pos[0]);
  const first = inOrder.findIndex((error) => ofStructure.has(error.code) || isOpenQuote(error));
  return inOrder.filter(({ code }, index) => index <= first || !ofStructure.has(code));
}

export const unknownAlias: Words = {
  message: 'a value that starts with "*" is an alias in YAML, and there is no anchor of this name before it',
  hint: 'Put the value in quotes.',
};

/** What can not be made into values although each part of it can be parsed: merges and aliases. */
export const unresolvable: Words = {
  message: 'anchors and aliases (&, *, <<) of this file can not be put together',
  hint: 'Merge only sections, use few aliases, and none inside of what it stands for.',
};

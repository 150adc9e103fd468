import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { parseYaml } from './yaml-document.js';

const secret = 'SECRET-qZ7-Kx2';

const manyAliases = Array.from({ length: 12 }, (_, at) =>
  at === 0 ? `a0: &${secret}0 [x]` : `a${at}: &${secret}${at} [${`*${secret}${at - 1},`.repeat(9)}]`,
).join('\n');

function refusalOf(text: string): ConfigError {
  try {
    parseYaml(text, { file: 'kestra.yaml', environment: {} });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error(`was read: ${text}`);
}

describe('a text that is no YAML', () => {
  it.each([
    ['a brace too much before it', `source: {}\n}\njwtToken: ${secret}\n`, 2],
    ['a bracket too much before it', `source: {}\n]\njwtToken: ${secret}\n`, 2],
    ['it is after a quoted value', `jwtToken: "a" ${secret}\n`, 1],
    ['it is after a list', `jwtToken: [a] ${secret}\n`, 1],
    ['it is in a list that is not closed', `source:\n  jwtToken: [${secret}\n`, 3],
    ['it is in braces that are not closed', `source: {jwtToken: ${secret}\n`, 2],
    ['its double quote is not closed', `jwtToken: "${secret}\n`, 1],
    ['its single quote is not closed', `jwtToken: '${secret}\n`, 1],
    ['it starts with %', `jwtToken: %${secret}\n`, 1],
    ['it starts with @', `jwtToken: @${secret}\n`, 1],
    ['it starts with `', `jwtToken: \`${secret}\n`, 1],
    ['it starts with |', `jwtToken: |${secret}\n`, 1],
    ['it starts with >', `jwtToken: >${secret}\n`, 1],
    ['it starts with *', `type: a\njwtToken: *${secret}\n`, 2],
    ['it is an alias that ends in a colon', `a: *${secret}:\n`, 1],
    ['it is an anchor that ends in a colon', `a: &${secret}:\n`, 1],
    ['it is an alias with a tag', `a: !x *${secret}\n`, 1],
    ['it starts with !', `jwtToken: !${secret}\n`, 1],
    ['it starts with !!', `jwtToken: !!${secret} x\n`, 1],
    ['it is the tag of a map', `jwtToken: !!${secret} {a: b}\n`, 1],
    ['it is a tag without an end', `jwtToken: !<${secret}\n`, 1],
    ['it is two tags', `jwtToken: !a !${secret} x\n`, 1],
    ['it is two anchors', `jwtToken: &a &${secret} x\n`, 1],
    ['it is in a directive', `%${secret} a\n---\na: b\n`, 1],
    ['it is a YAML version', `%YAML ${secret}\n---\na: b\n`, 1],
    ['it is in a directive of tags', `%TAG ${secret}\n---\na: b\n`, 1],
    ['it is after a backslash', `jwtToken: "\\${secret}"\n`, 1],
    ['it has no colon', `source: {}\n${secret}\nsink: {}\n`, 2],
    ['it has a colon of its own', `jwtToken: a: ${secret}\n`, 1],
    ['it is a key that is there twice', `${secret}: a\n${secret}: b\n`, 2],
    ['it is indented less', `source:\n    a: b\n  jwtToken: ${secret}\n`, 3],
    ['it is indented with a tab', `source:\n\tjwtToken: ${secret}\n`, 2],
    ['it is in a second document', `a: b\n---\njwtToken: ${secret}\n`, 2],
    ['it is after the end of the document', `a: b\n... ${secret}\n`, 2],
    ['commas stand alone before it', `a: [,, ${secret}]\n`, 1],
    ['a comma is missing before it', `a: {"b": "c" "${secret}": d}\n`, 1],
    ['a hash follows it', `a: "b"#${secret}\n`, 1],
    ['it is merged', `a:\n  <<: ${secret}\n`, undefined],
    ['it is used too often', manyAliases, undefined],
  ])('is refused in plain words, without its secret: %s', (_how, text, line) => {
    const error = refusalOf(text);
    expect(JSON.stringify([error.message, String(error), error.problems])).not.toContain('SECRET');
    expect(error.problems[0]?.message).toMatch(/\w/);
    if (line !== undefined) expect(error.problems[0]).toMatchObject({ line, column: expect.any(Number) });
  });
});

describe('a text whose lines do not fit together', () => {
  const config = 'source:\n  type: kestra\n  serviceName: k\nsink:\n  type: file\n';
  const problemsOf = (text: string) => refusalOf(text).problems.map(({ line, message }) => `${line}: ${message}`);

  it.each([
    ['a tab', '  type: kestra', '\ttype: kestra', '2: a tab stands where only spaces may'],
    ['too little indentation', '  serviceName', ' serviceName', '3: the indentation is wrong'],
    ['too much indentation', '  serviceName', '    serviceName', '2: this line and the next do not fit together'],
    ['no colon', 'type: kestra', 'type kestra', '2: this line and the next do not fit together'],
    ['no space behind a colon', 'type: file', 'type:file\n  a: b', '5: this line and the next do not fit together'],
    ['a quote that is not closed', 'type: kestra', 'type: "kestra', '2: the quote that begins here has no end'],
    ['one of a list', 'type: kestra', "type: [a, 'kestra", '2: the quote that begins here has no end'],
  ])('has one problem, and not one for each line that follows: %s', (_, right, wrong, problem) => {
    expect(problemsOf(config.replace(right, wrong))).toEqual([expect.stringContaining(problem)]);
  });

  it('has the problems too that are of something else', () => {
    expect(problemsOf(`${config.replace('  type', '\ttype')}a: "\\q"\n`)).toEqual([
      '2: a tab stands where only spaces may',
      expect.stringMatching(/^6: a backslash/),
    ]);
  });
});

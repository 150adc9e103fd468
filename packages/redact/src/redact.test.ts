import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, isSecretName, redactText } from './index.js';

const secretWord = fc.stringMatching(/^[A-Za-z0-9_]{8,30}$/).filter((word) => !/\*|template/.test(word));
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJib3QifQ.c2lnbmF0dXJl-_x';

/** Each makes a text that carries a planted secret. */
const plantings: Record<string, (secret: string) => string> = {
  'user info of a url': (s) => `see https://me:${s}@db.example.com/x`,
  'user info with an at sign': (s) => `see https://me:a@${s}@db.example.com/x`,
  'user info with a slash': (s) => `postgres://me:a/${s}@db.example.com/x`,
  'a token as user info': (s) => `git clone https://${s}@github.com/x`,
  'a user that is a template': (s) => `https://{{ vars.user }}:${s}@host/x`,
  'oracle jdbc': (s) => `jdbc:oracle:thin:scott/${s}@//h:1521/x`,
  'jdbc parameter': (s) => `jdbc:postgresql://h/db?user=me&password=${s}&ssl=true`,
  'jdbc property': (s) => `jdbc:sqlserver://h:1433;user=sa;password=${s};encrypt=true`,
  'pwd in a connection string': (s) => `Server=h;Uid=me;Pwd=${s};`,
  'azure account key': (s) => `AccountName=x;AccountKey=${s};EndpointSuffix=y`,
  'query token': (s) => `GET /x?token=${s}&page=1`,
  'query api_key': (s) => `GET /x?page=1&api_key=${s}`,
  'identified by': (s) => `CREATE USER me IDENTIFIED BY '${s}'`,
  'identified with': (s) => `alter user me identified with caching_sha2_password by '${s}'`,
  'password literal': (s) => `CREATE ROLE me WITH LOGIN PASSWORD '${s}'`,
  'quote inside a literal': (s) => `CREATE ROLE me PASSWORD 'it''s${s}' VALID`,
  credentials: (s) => `COPY t FROM 's3://b' CREDENTIALS 'aws_access_key_id=x;aws_secret_access_key=${s}'`,
  'snowflake credentials': (s) => `CREDENTIALS = (AWS_KEY_ID='x' AWS_SECRET_KEY='${s}')`,
  'aws secret key': (s) => `aws_secret_access_key=${s}`,
  'an unclosed literal': (s) => `ALTER USER me IDENTIFIED BY '${s}`,
  'authorization bearer': (s) => `Authorization: Bearer ${s}`,
  'authorization basic': (s) => `{"authorization": "Basic ${s}"}`,
  'json field': (s) => `{"user": "me", "password": "${s}", "port": 1}`,
  'json with escapes': (s) => `{"apiKey":"a\\"${s}"}`,
  'json inside json': (s) => JSON.stringify({ body: JSON.stringify({ password: s, x: 1 }) }),
  'an assignment after another one': (s) => `url: jdbc:postgresql://h/db?password=${s}`,
  'yaml field': (s) => `    sasToken: ${s}\n    other: 1`,
  'webhook url': (s) => `POST http://k:8080/api/v1/main/executions/webhook/company.team/flow/${s}`,
  'webhook in yaml': (s) => `triggers:\n  - id: hook\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: ${s}\n`,
  'webhook in yaml, key first': (s) =>
    `triggers:\n  - key: "${s}"\n    type: io.kestra.plugin.core.trigger.Webhook\n    id: hook\n`,
  'webhook in json': (s) => `[{"id":"h","type":"io.kestra.plugin.core.trigger.Webhook","key":"${s}"}]`,
  'webhook in json, key first': (s) => `[{"key":"${s}","type":"io.kestra.plugin.core.trigger.Webhook"}]`,
  'private key': (s) => `x -----BEGIN RSA PRIVATE KEY-----\n${s}\n-----END RSA PRIVATE KEY----- y`,
  'a private key cut off': (s) => `-----BEGIN PRIVATE KEY-----\nMIIE${s}`,
};

describe('redactText', () => {
  for (const [name, plant] of Object.entries(plantings)) {
    it(`hides ${name}`, () => {
      fc.assert(
        fc.property(secretWord, (secret) => {
          const text = plant(secret);
          const redacted = redactText(text);
          expect(redacted).not.toContain(secret);
          expect(redacted).toContain('***');
          expect(redactText(redacted)).toBe(redacted);
        }),
      );
    });
  }

  it('hides tokens and keys that show by themselves what they are', () => {
    const aws = `AKIA${'ABCDEFGH12345678'}`;
    const github = `ghp_${'a1B2'.repeat(9)}`;
    expect(redactText(`token ${jwt} and ${aws}, ${github}.`)).toBe('token *** and ***, ***.');
  });

  it('leaves text without a secret as it is', () => {
    const harmless = [
      'Basic authentication is off; the bearer waits.',
      'SELECT id, password_changed_at FROM users WHERE token_count > 3',
      'https://kestra.example.com:8080/ui/main/flows/edit/company.team/daily',
      'http://host:8080/files/a@b.txt',
      'mailto someone@example.com about http://example.com',
      'io.kestra.plugin.core.trigger.Webhook is a trigger type',
      'key: orders\ntype: STRING',
      's3://bucket/path/file.csv',
      'arn:aws:iam::123456789012:role/loader',
      'max_tokens: 500, secretName: db',
      "{'a': 1}",
    ];
    for (const text of harmless) expect(redactText(text)).toBe(text);
    const word = fc.constantFrom('select', 'from', 'orders', 'flow', 'a=1', 'b: 2', '(x)', 'äöü', '{{ y }}', '\n');
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(redactText(words.join(' '))).toBe(words.join(' '));
      }),
    );
  });

  it('keeps templates, which only name a secret', () => {
    const templates = [
      'password: "{{ secret(\'DB\') }}"',
      "password={{ secret('DB') }}&x=1",
      "PASSWORD '{{ secret('DB') }}'",
      "Authorization: Bearer {{ secret('TOKEN') }}",
      'https://me:{{vars.password}}@host/x',
      `token: \${TOKEN}`,
      'type: io.kestra.plugin.core.trigger.Webhook\nkey: "{{ secret(\'HOOK\') }}"',
    ];
    for (const text of templates) expect(redactText(text)).toBe(text);
  });

  it('says the same when it is asked again, whatever the text is', () => {
    const anything = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom(
          'password=',
          'x: ',
          '\\',
          "'",
          '"',
          '://',
          '@',
          ':',
          '{{',
          '}}',
          'Bearer ',
          '***',
          '\n',
          '|',
          '(',
          ')',
          '[',
          '  ',
          'IDENTIFIED BY ',
          '--token ',
        ),
      ),
    );
    fc.assert(
      fc.property(anything, (parts) => {
        const once = redactText(parts.join(''));
        expect(redactText(once)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it('takes time in proportion to the length of the text, also for text made to be slow', () => {
    const pieces = ['://', '://a:b', 'eyJaaaaaaa-', '-----BEGIN PRIVATE KEY', '{{', "'", 'password=', 'a.', 'Bearer '];
    pieces.push('/executions/webhook/a', '"key":"', '.Webhook"', 'authorization: basic ', "IDENTIFIED BY '", '- key: ');
    pieces.push(
      'password: |\n  ',
      'token:\n',
      'credentials: {',
      'password=(',
      'INSERT INTO t (',
      "mysql('a','b',",
      'mysql -',
      '--a ',
    );
    pieces.push(
      '-u a:',
      'USER a IDENTIFIED BY ',
      'SET PASSWORD FOR a',
      'AKIAABCDEFGH12345678 ',
      'CREATE SECRET',
      "TOKEN '",
      '$$',
    );
    const cost = (piece: string, length: number, start = ''): number => {
      const text = start + piece.repeat(Math.ceil(length / piece.length));
      const before = process.cpuUsage();
      redactText(text);
      const used = process.cpuUsage(before);
      return used.user + used.system;
    };
    const starts = ['', 'token: ', 'key: ', 'type: x.Webhook\n', 'type: x.Webhook\n- ', "x: '", 'password: |\n'];
    const runs = [' ', '\t', '  \n', '- '].flatMap((run) => starts.map((start) => [run, start] as const));
    for (const [piece, start] of [...pieces.map((each) => [each, ''] as const), ...runs]) {
      cost(piece, 20_000, start);
      // Quadratic time would be 400 times as much for 20 times the text; a floor keeps small numbers out of the ratio.
      const small = Math.max(cost(piece, 20_000, start), 5_000);
      expect(small, JSON.stringify(start + piece)).toBeLessThan(1_000_000);
      expect(cost(piece, 400_000, start) / small, JSON.stringify(start + piece)).toBeLessThan(120);
    }
  });
});

describe('createRedactor', () => {
  it('lets no known secret through, in whatever text it stands', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 4, maxLength: 20 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.string()),
        (secrets, parts) => {
          const redacted = createRedactor(secrets).text(parts.join(secrets[0]));
          for (const secret of secrets) if (secret !== '***') expect(redacted).not.toContain(secret);
        },
      ),
    );
  });

  it('finds a known secret percent-encoded and JSON-escaped', () => {
    const redactor = createRedactor(['p/ä ss"word']);
    expect(redactor.text(`x=${encodeURIComponent('p/ä ss"word')} ${JSON.stringify({ a: 'p/ä ss"word' })}`)).toBe(
      'x=*** {"a":"***"}',
    );
  });

  it.each([
    ['by a form', (s) => new URLSearchParams({ s }).toString().slice(2)],
    ['for a url, in lower case', (s) => encodeURIComponent(s).replace(/%../g, (code) => code.toLowerCase())],
    ['for a path', (s) => encodeURIComponent(s).replaceAll('%2F', '/').replaceAll('!', '%21').replaceAll("'", '%27')],
    ['by JSON in ASCII', (s) => s.replace(/["\\]/g, '\\$&').replaceAll('ä', '\\u00e4')],
    ['by JSON for HTML', (s) => s.replaceAll('&', '\\u0026').replaceAll("'", '\\u0027').replaceAll('=', '\\u003d')],
    ['by HTML', (s) => s.replaceAll('&', '&amp;').replaceAll("'", '&#39;')],
  ] as const satisfies readonly [string, (secret: string) => string][])(
    'finds a known secret encoded %s',
    (_by, encode) => {
      for (const secret of ["p/ss w&rd!'=Z", 'pä/s w=rd']) {
        expect(createRedactor([secret]).text(`it was ${encode(secret)}, was it`)).toBe('it was ***, was it');
      }
    },
  );

  it('finds a known secret in the Base64 of what holds it, but for the edges that others share', () => {
    const secret = 'kestra-wörd?>4711';
    const redactor = createRedactor([secret]);
    for (const around of ['', 'a', 'ab', 'ana:']) {
      for (const behind of ['', '\n', '&x']) {
        for (const alphabet of ['base64', 'base64url'] as const) {
          const shown = redactor.text(`sent ${Buffer.from(around + secret + behind).toString(alphabet)}.`);
          expect(shown).toContain('***');
          expect(Buffer.from(shown.slice(5, -1).replace(/\*+/g, ''), 'base64').toString()).not.toMatch(
            /wörd|kestr|471/,
          );
        }
      }
    }
    expect(createRedactor(['four']).text('Zm91cg== is short')).toBe('Zm91cg== is short');
  });

  it('learns secrets later and ignores short ones', () => {
    const redactor = createRedactor();
    redactor.add('abc');
    redactor.add('longer-one');
    expect(redactor.text('abc longer-one')).toBe('abc ***');
  });

  it('hides values by their name, at any depth, without changing its argument', () => {
    const input = {
      url: 'jdbc:x://h?password=hunter22',
      password: 'hunter22',
      token: 12345678,
      nested: [{ apiKey: 'k', accessKeyId: 'a', region: 'eu' }, { serviceAccount: { id: 'x', key: 'y' } }],
      username: 'me',
      password2: null,
      jwtToken: "{{ secret('JWT') }}",
      retries: 3,
    };
    const before = structuredClone(input);
    expect(createRedactor().value(input)).toEqual({
      url: 'jdbc:x://h?password=***',
      password: '***',
      token: '***',
      nested: [{ apiKey: '***', accessKeyId: '***', region: 'eu' }, { serviceAccount: { id: '***', key: '***' } }],
      username: 'me',
      password2: null,
      jwtToken: "{{ secret('JWT') }}",
      retries: 3,
    });
    expect(input).toEqual(before);
  });

  it("hides a webhook trigger's key and no other key", () => {
    const redactor = createRedactor();
    expect(redactor.value({ type: 'io.kestra.core.models.triggers.types.Webhook', key: 'abc' })).toMatchObject({
      key: '***',
    });
    expect(redactor.value({ type: 'io.kestra.plugin.aws.s3.Download', key: 'a.csv' })).toMatchObject({ key: 'a.csv' });
  });

  it('hides the value beside a name that says it is a secret', () => {
    const redactor = createRedactor();
    expect(
      redactor.value([
        { name: 'DB_PASSWORD', value: 'hunter22', type: 'x' },
        { key: 'api_token', value: { deep: 'hunter22' } },
        { name: 'orders', value: 'open' },
      ]),
    ).toEqual([
      { name: 'DB_PASSWORD', value: '***', type: 'x' },
      { key: 'api_token', value: { deep: '***' } },
      { name: 'orders', value: 'open' },
    ]);
  });

  it('says the same about its own answer', () => {
    const redactor = createRedactor(['known-secret']);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = redactor.value({ value, password: value });
        expect(redactor.value(once)).toEqual(once);
      }),
    );
  });
});

describe('isSecretName', () => {
  it('knows the names that keep secrets', () => {
    for (const name of ['password', 'dbPassword', 'secret_key', 'secretKeyId', 'apiKey', 'X-Api-Key', 'private_key']) {
      expect(isSecretName(name), name).toBe(true);
    }
    for (const name of ['connectionString', 'sasToken', 'serviceAccount', 'authorization', 'jwtToken', 'accessKeyId']) {
      expect(isSecretName(name), name).toBe(true);
    }
    for (const name of ['user', 'key', 'tokenizer', 'passwordPolicy', 'maxTokens', 'monkey', 'id', 'secretName']) {
      expect(isSecretName(name), name).toBe(false);
    }
  });
});

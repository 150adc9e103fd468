// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is the syntax under test
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { loadConfig, parseConfig } from './load-config.js';

const minimal = `source:
  type: kestra
  serviceName: kestra_prod
  serviceConnection:
    config:
      type: Kestra
      hostPort: http://localhost:8080
workflowConfig:
  openMetadataServerConfig:
    hostPort: http://localhost:8585/api
    securityConfig:
      jwtToken: a-token
`;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-config-'));
});

const parse = (text: string, environment: Record<string, string> = {}) =>
  parseConfig(text, { file: 'kestra.yaml', environment, directory });

async function problemsOf(text: string, environment: Record<string, string> = {}) {
  const error = await parse(text, environment).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof ConfigError)) throw new Error(`no ConfigError but ${error}`);
  return error.problems;
}

/** The config with one more line below the line that contains a text, indented like it or deeper. */
function withLine(after: string, line: string, base = minimal): string {
  return base.replace(new RegExp(`^.*${after}.*$`, 'm'), (found) => `${found}\n${line}`);
}

const kestraOnly = minimal.replace(/workflowConfig:[\s\S]*/, '');

describe('a config whose target is not asked', () => {
  const parseAlone = (text: string, environment: Record<string, string> = {}) =>
    parseConfig(text, { file: 'kestra.yaml', environment, directory, withoutTarget: true });

  it.each([
    ['has no address of OpenMetadata', `${kestraOnly}workflowConfig: {loggerLevel: DEBUG}\n`],
    ['has no section for it at all', kestraOnly],
    ['has an empty one', `${kestraOnly}workflowConfig:\n`],
    ['has variables in it that are not set', minimal.replace('a-token', '$NOWHERE')],
    ['has a token file that is not there', minimal.replace('a-token', '/nowhere/token')],
  ])('%s', async (_, text) => {
    const { workflow } = await parseAlone(text);
    expect(workflow.source.serviceName).toBe('kestra_prod');
    expect(workflow.workflowConfig.openMetadataServerConfig).toBeUndefined();
  });

  it('is checked all the same elsewhere', async () => {
    await expect(parseAlone(minimal.replace('localhost:8080', '$NOWHERE'))).rejects.toThrow(ConfigError);
    await expect(parseAlone(`${kestraOnly}workflowConfig: {logerLevel: DEBUG}\n`)).rejects.toThrow(ConfigError);
    await expect(parseAlone('[]')).rejects.toThrow(ConfigError);
  });
});

describe('services that hold datasets', () => {
  const withServices = (lines: string) =>
    minimal.replace(
      'workflowConfig:',
      `  sourceConfig:\n    config:\n      lineageInformation:\n        datasetServices:\n${lines}\nworkflowConfig:`,
    );

  it('are named by connections, whose dollar signs and braces stay as they are', async () => {
    const { workflow } = await parse(
      withServices(`          "{{ secret('$PG_URL') }}": postgres_prod.\${DATABASE:-sales}
          's3://$bucket': lake
          jdbc:postgresql://db:5432/shop: '"pg.prod".shop.public'`),
    );
    expect(workflow.source.sourceConfig?.config?.lineageInformation?.datasetServices).toEqual({
      "{{ secret('$PG_URL') }}": 'postgres_prod.sales',
      's3://$bucket': 'lake',
      'jdbc:postgresql://db:5432/shop': '"pg.prod".shop.public',
    });
  });

  it.each(['""', 'a..b', '.a', 'a.', 'a.b.c.d', '[a]', '1.5'])('must not be %s', async (place) => {
    const [problem] = await problemsOf(withServices(`          kafka:9092: ${place}`));
    expect(problem).toMatchObject({ path: expect.stringContaining('datasetServices.kafka:9092') });
  });

  it('are written by a connection in quotes where it holds braces', async () => {
    expect(await problemsOf(withServices("          {{ secret('PG_URL') }}: postgres_prod"))).toEqual([
      {
        path: 'source.sourceConfig.config.lineageInformation.datasetServices',
        line: 12,
        column: 11,
        message: 'a key here is no text',
        hint: expect.stringContaining('quotes'),
      },
    ]);
  });
});

describe('a config that is right', () => {
  it('needs little more than two addresses and a token', async () => {
    const { workflow, connector, warnings, secrets } = await parse(minimal);
    expect(connector.name).toBe('kestra');
    expect(workflow.source.serviceName).toBe('kestra_prod');
    expect(warnings).toEqual([]);
    expect(secrets).toContain('a-token');
  });

  it('may be JSON', async () => {
    const { workflow } = await parse(
      JSON.stringify({
        source: {
          type: 'Kestra',
          serviceName: 's',
          serviceConnection: { config: { hostPort: 'http://localhost:8080' } },
        },
        workflowConfig: { openMetadataServerConfig: { hostPort: 'http://localhost:8585/api' } },
      }),
    );
    expect(workflow.source.serviceName).toBe('s');
  });

  it('may have empty optional keys, as OpenMetadata allows', async () => {
    const text = withLine('hostPort: http://localhost:8585', '    verifySSL:\n    sslConfig:');
    expect((await parse(text)).warnings).toEqual([]);
  });

  it('is the example of the README', async () => {
    const file = new URL('../../examples/kestra.yaml', import.meta.url).pathname;
    const environment = { KESTRA_USERNAME: 'ana', KESTRA_PASSWORD: 'hunter22', OPENMETADATA_TOKEN: 'a.b.c' };
    const { workflow, warnings, secrets } = await loadConfig(file, { environment, directory });
    expect(warnings).toEqual([]);
    expect(workflow.workflowConfig.openMetadataServerConfig?.hostPort).toBe('http://localhost:8585/api');
    expect(secrets).toEqual(expect.arrayContaining(['hunter22', 'a.b.c']));
  });

  it('has every key of OpenMetadata; those without effect warn once each', async () => {
    const file = new URL('../../test/every-key.yaml', import.meta.url);
    const { warnings } = await parse(await readFile(file, 'utf8'));
    expect(new Set(warnings).size).toBe(warnings.length);
    expect(warnings).toContain(
      'source.sourceConfig.config.overrideLineage has no effect: edges of others are never replaced',
    );
    expect(warnings.filter((warning) => warning.includes('markDeletedPipelines'))).toEqual([]);
    expect(warnings.filter((warning) => /lineageInformation|dbServiceNames/.test(warning))).toEqual([]);
    expect(warnings.some((warning) => warning.includes('includeLineage'))).toBe(false);
    expect(warnings.length).toBeGreaterThan(30);
  });
});

describe('environment variables', () => {
  it('stand in values, with and without braces and with defaults', async () => {
    const text = minimal
      .replace('kestra_prod', '${PREFIX}_$NAME')
      .replace('http://localhost:8080', '${URL:-http://kestra:8080}');
    const { workflow } = await parse(text, { PREFIX: 'a', NAME: 'b' });
    expect(workflow.source.serviceName).toBe('a_b');
    expect(workflow.source.serviceConnection.config).toMatchObject({ hostPort: 'http://kestra:8080' });
  });

  it('are looked at in values only, not in comments and keys', async () => {
    expect((await parse(`# $NOT_SET\n${minimal}`)).workflow.source.type).toBe('kestra');
    expect((await problemsOf(withLine('type: kestra', '  $KEY: x'), { KEY: 'y' }))[0]?.path).toBe('source.$KEY');
  });

  it('leave the dollar signs of regular expressions alone', async () => {
    const filter = `  sourceConfig:\n    config:\n      pipelineFilterPattern:\n        includes: ['^foo$', 'a$|b$', '$1']\n`;
    const { workflow } = await parse(minimal.replace('workflowConfig:', () => `${filter}workflowConfig:`));
    expect(workflow.source.sourceConfig?.config?.pipelineFilterPattern?.includes).toEqual(['^foo$', 'a$|b$', '$1']);
  });

  it('that are not set are errors with key, line and way out; all at once', async () => {
    const problems = await problemsOf(minimal.replace('a-token', '$OM_TOKEN').replace('kestra_prod', '${SERVICE}'));
    expect(problems).toEqual([
      {
        path: 'source.serviceName',
        line: 3,
        column: 16,
        message: 'the environment variable SERVICE is not set',
        hint: expect.stringContaining('${SERVICE:-value}'),
      },
      expect.objectContaining({
        path: expect.stringMatching(/jwtToken$/),
        line: 12,
        message: expect.stringContaining('OM_TOKEN'),
      }),
    ]);
  });

  it('become numbers and booleans where those are wanted, and stay text where that is', async () => {
    const options = `  sourceConfig:\n    config:\n      statusLookbackDays: $DAYS\n      includeTags: \${TAGS:-no}\n`;
    const text = minimal.replace('workflowConfig:', `${options}workflowConfig:`).replace('a-token', '$TOKEN');
    const { workflow } = await parse(text, { DAYS: '14', TOKEN: '123456' });
    expect(workflow.source.sourceConfig?.config).toMatchObject({ statusLookbackDays: 14, includeTags: false });
    expect(workflow.workflowConfig.openMetadataServerConfig?.securityConfig?.jwtToken).toBe('123456');
  });

  it('are not expanded twice, and "$$" is one dollar sign, said aloud', async () => {
    const { workflow, warnings } = await parse(
      minimal.replace('kestra_prod', '$NAME').replace('a-token', () => 'pa$$word'),
      {
        NAME: '$OTHER',
      },
    );
    expect(workflow.source.serviceName).toBe('$OTHER');
    expect(workflow.workflowConfig.openMetadataServerConfig?.securityConfig?.jwtToken).toBe('pa$word');
    expect(warnings).toEqual([expect.stringContaining('jwtToken: "$$" is read as one dollar sign')]);
  });
});

describe('a config that is wrong', () => {
  it('names a mistyped key, its place and what was meant', async () => {
    const problems = await problemsOf(
      minimal.replace('workflowConfig:', '  sourceConfig:\n    config:\n      includeLinage: true\nworkflowConfig:'),
    );
    expect(problems).toEqual([
      {
        path: 'source.sourceConfig.config.includeLinage',
        line: 10,
        column: 7,
        message: 'is no key of this config',
        hint: 'Did you mean includeLineage?',
      },
    ]);
  });

  it("names a mistyped key of the connector's own part", async () => {
    const [problem] = await problemsOf(withLine('type: Kestra', '      pasword: x'));
    expect(problem).toMatchObject({ line: 7, column: 7, hint: 'Did you mean password?' });
  });

  it.each([
    ['lost its key', minimal.replace('jwtToken: a-token', 'hunter-22:'), 12],
    [
      'got a comma',
      minimal.replace('securityConfig:\n      jwtToken: a-token', 'securityConfig: { jwtToken: , hunter-22 }'),
      11,
    ],
  ])('does not show a secret that %s and is a key now', async (_, text, line) => {
    const problems = await problemsOf(text);
    expect(problems).toContainEqual({
      path: 'workflowConfig.openMetadataServerConfig.securityConfig',
      line,
      column: expect.any(Number),
      message: 'has a key without a value that is no key of this config',
      hint: 'Known here: jwtToken.',
    });
    expect(JSON.stringify(problems)).not.toContain('hunter-22');
  });

  it.each<[string, string, Partial<ConfigError['problems'][number]>]>([
    [
      'a missing section',
      minimal.slice(0, minimal.indexOf('workflowConfig')),
      { path: 'workflowConfig', message: 'is missing' },
    ],
    [
      'no server to write to',
      `${minimal.slice(0, minimal.indexOf('  openMetadataServerConfig'))}  loggerLevel: INFO\n`,
      { path: 'workflowConfig.openMetadataServerConfig', message: 'is missing' },
    ],
    [
      'a service name that OpenMetadata refuses',
      minimal.replace('kestra_prod', '"a::b"'),
      { path: 'source.serviceName', line: 3, message: 'must hold neither "::" nor quotes, ">" or control characters' },
    ],
    [
      'a number where text is wanted',
      minimal.replace('a-token', '12345'),
      { message: 'must be a text, not a number', hint: 'Put it in quotes.', line: 12 },
    ],
    [
      'a word that is none of the allowed',
      withLine('^workflowConfig', '  loggerLevel: WARNIN'),
      { message: 'must be DEBUG, INFO, WARN or ERROR', hint: 'Did you mean WARN?', line: 9 },
    ],
    [
      'an unknown connector',
      minimal.replace('type: kestra', 'type: kestar'),
      { hint: 'Did you mean kestra?', line: 2 },
    ],
    [
      'the earlier Python class',
      minimal.replace('type: kestra', 'type: CustomPipeline'),
      { path: 'source.type', hint: expect.stringContaining('type: kestra') as never },
    ],
    ['a list instead of a config', '- a\n', { message: 'is no workflow config' }],
    ['nothing', '', { message: 'is no workflow config' }],
    ['broken YAML', 'source: [\n', { line: 2 }],
    ['a key twice', `${minimal}source: 1\n`, { line: 13, message: 'this key stands in its section twice' }],
    [
      'a YAML tag',
      minimal.replace('kestra_prod', '!!python/object x'),
      { line: 3, message: 'YAML tags have no meaning here' },
    ],
    [
      'an unknown sink',
      `${minimal}sink:\n  type: fil\n`,
      { path: 'sink.type', line: 14, message: 'must be metadata-rest or file', hint: 'Did you mean file?' },
    ],
    ['an empty token', minimal.replace('a-token', '""'), { message: 'must not be empty', line: 12 }],
    [
      'an address that is none',
      minimal.replace('http://localhost:8585/api', 'localhost:8585'),
      { message: expect.stringContaining('https://openmetadata.example.com/api') as never, line: 10 },
    ],
    ['two documents', `${minimal}---\n${minimal}`, { message: 'a second document starts here', line: 13 }],
    [
      'a missing token file',
      minimal.replace('a-token', './no-such-file'),
      { message: 'the file does not exist', line: 12 },
    ],
    [
      'a token file that is a directory',
      minimal.replace('a-token', './'),
      { message: 'the file is a directory', line: 12 },
    ],
    ['a successThreshold beyond 100', withLine('^workflowConfig', '  successThreshold: 900'), { line: 9 }],
  ])('tells %s', async (_, text, expected) => {
    expect((await problemsOf(text))[0]).toMatchObject(expected);
  });

  it('shows all problems at once', async () => {
    const text = withLine(
      'type: Kestra',
      '      pasword: x',
      minimal.replace('kestra_prod', '""').replace('a-token', '1'),
    );
    expect(await problemsOf(text)).toHaveLength(3);
  });

  it('does not explode on a bomb of aliases', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]`,
    );
    const [problem] = await problemsOf(`l0: &l0 [x]\n${levels.join('\n')}\n`);
    expect(problem?.message).toMatch(/alias/i);
  });

  it('never repeats a secret', async () => {
    const text = withLine('jwtToken', '      pasword: hunter22', minimal.replace('a-token', 'hunter22'));
    expect(JSON.stringify(await problemsOf(text))).not.toContain('hunter22');
  });
});

const certificate = `-----BEGIN CERTIFICATE-----
MIIBdTCCARugAwIBAgIUQxhZIfLHwGKiKIS2WIZDjyhYb7EwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjIyMjQwMjFaGA8yMTI2MTAyOTIyNDAy
MVowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEaQ
vjFd1vDqv5iDDCIqHylvrIaLrzz1eOmO4Rvfwt521fsiq71cSA6Kcm2OmPawurXY
vj/LjigIXeZ7gqkAkZyjUzBRMB0GA1UdDgQWBBQRb9kN2pebhZAQY91YVag/RVT6
7TAfBgNVHSMEGDAWgBQRb9kN2pebhZAQY91YVag/RVT67TAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0gAMEUCIQDMCvGBwpq8W+AhsOYPIme7syqfocRyz3KF
yd5jnPVOuwIgfTx3HoaQN7S4tC5S801GoW89Q/fELBYxn574YuOooqs=
-----END CERTIFICATE-----
`;

function keyWith(encryption: { cipher?: string; passphrase?: string } = {}): string {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', ...encryption },
  }).privateKey;
}

describe('files that the config names', () => {
  it('holds a token or names its file, relative to the config', async () => {
    await writeFile(join(directory, 'token.txt'), 'Bearer from-a-file\n');
    const { workflow, secrets } = await parse(minimal.replace('a-token', 'token.txt'));
    expect(workflow.workflowConfig.openMetadataServerConfig?.securityConfig?.jwtToken).toBe('from-a-file');
    expect(secrets).toContain('from-a-file');
  });

  it('reads certificates of both ends, and refuses a file that is none', async () => {
    await writeFile(join(directory, 'ca.pem'), `# ours\n${certificate}`);
    await writeFile(join(directory, 'note.txt'), 'hello');
    const text = withLine(
      'hostPort: http://localhost:8585',
      '    sslConfig: {caCertificate: ca.pem}',
      withLine('type: Kestra', '      sslConfig: {caCertificate: ca.pem}'),
    );
    const { workflow } = await parse(text);
    expect(workflow.workflowConfig.openMetadataServerConfig?.sslConfig?.caCertificate).toContain('BEGIN');
    expect(workflow.source.serviceConnection.config).toMatchObject({
      sslConfig: { caCertificate: expect.stringContaining('BEGIN') },
    });
    const [problem] = await problemsOf(text.replace('caCertificate: ca.pem', 'caCertificate: note.txt'));
    expect(problem?.message).toBe('the file is not in PEM format');
  });

  it.each([
    ['caCertificate', certificate.slice(0, 300), 'holds no certificate that can be read'],
    ['caCertificate', certificate.replace(/MII.*/, 'no base64 !'), 'holds no certificate that can be read'],
    ['caCertificate', keyWith(), 'holds no certificate that can be read'],
    ['sslKey', certificate, 'holds no private key that can be read'],
    ['sslKey', keyWith({ cipher: 'aes-256-cbc', passphrase: 'hunter22' }), 'holds a key that wants a passphrase'],
    ['sslKey', keyWith(), undefined],
  ])('looks into certificates and keys: %s, %#', async (option, text, problem) => {
    await writeFile(join(directory, 'certificate.pem'), certificate);
    await writeFile(join(directory, 'given.pem'), text);
    const further = option === 'sslKey' ? 'sslCertificate: certificate.pem, ' : '';
    for (const name of ['given.pem', JSON.stringify(text)]) {
      const config = withLine('type: Kestra', `      sslConfig: {${further}${option}: ${name}}`);
      const message = `the ${name === 'given.pem' ? 'file' : 'text'} ${problem}`;
      if (problem === undefined) await parse(config);
      else expect(await problemsOf(config)).toMatchObject([{ path: expect.stringMatching(option), message, line: 7 }]);
    }
  });

  const signIn = (lines: string) => withLine('type: Kestra', `      username: ana\n${lines}`);

  it.each(['hunter22', 'hunter22\n', 'hunter22\r\n', '\uFEFFhunter22\n'])(
    'reads the password of the connector from a file: %j',
    async (content) => {
      await writeFile(join(directory, 'password'), content);
      const { connectorConfig, secrets } = await parse(signIn('      passwordFile: password'));
      expect(connectorConfig).toMatchObject({ username: 'ana', password: 'hunter22' });
      expect(connectorConfig).not.toHaveProperty('passwordFile');
      expect(secrets).toContain('hunter22');
    },
  );

  it('keeps the blanks of a password', async () => {
    await writeFile(join(directory, 'password'), ' hunter 22 \n');
    const { connectorConfig } = await parse(signIn('      passwordFile: $FILE'), { FILE: join(directory, 'password') });
    expect(connectorConfig).toMatchObject({ password: ' hunter 22 ' });
  });

  it('reads the token of the connector from a file', async () => {
    await writeFile(join(directory, 'kestra-token'), 'from-a-mount\n');
    const { connectorConfig } = await parse(withLine('type: Kestra', '      tokenFile: kestra-token'));
    expect(connectorConfig).toMatchObject({ token: 'from-a-mount' });
  });

  it('says of a token file without a token that it is empty', async () => {
    await writeFile(join(directory, 'no-token'), ' \n');
    expect(await problemsOf(minimal.replace('a-token', './no-token'))).toEqual([
      expect.objectContaining({ message: 'the file is empty', line: 12 }),
    ]);
  });

  it('says of a file in UTF-16 how it has to be saved', async () => {
    const file = join(directory, 'utf16.yaml');
    await writeFile(file, `\uFEFF${minimal}`, 'utf16le');
    await expect(loadConfig(file, { environment: {}, directory })).rejects.toThrow(/it is no text in UTF-8/);
  });

  it.each([
    ['is not there', '      passwordFile: nowhere/password', /^nowhere\/password does not exist$/],
    ['is empty', '      passwordFile: empty', /^empty is empty$/],
    ['is a directory', '      passwordFile: .', /^\. is a directory$/],
    ['is something else', '      passwordFile: lines', /^lines holds more than one line/],
    ['stands beside the password', '      password: hunter22\n      passwordFile: password', /beside password/],
    ['stands beside the token', '      token: hunter22\n      tokenFile: password', /beside token/],
  ])('says which key and which file when it %s', async (_why, lines, message) => {
    await writeFile(join(directory, 'empty'), '\n');
    await writeFile(join(directory, 'lines'), 'hunter22\nhunter23\n');
    await writeFile(join(directory, 'password'), 'hunter22\n');
    const problems = await problemsOf(lines.includes('token') ? withLine('type: Kestra', lines) : signIn(lines));
    expect(problems).toEqual([
      expect.objectContaining({
        path: expect.stringMatching(/config\.(?:password|token)File$/),
        line: expect.any(Number),
        message: expect.stringMatching(message),
      }),
    ]);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('needs a user name beside the file of a password', async () => {
    await writeFile(join(directory, 'password'), 'hunter22\n');
    const problems = await problemsOf(withLine('type: Kestra', '      passwordFile: password'));
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('need each other')]);
  });
});

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createConnector } from './create.js';
import { namesOf } from './names.js';

const usage = `Usage: create-connector NAME [FOLDER]

Writes a connector for Flowmeta to start from: a client, the mapping, the config, a stand-in server with recorded data, and
the conformance suite, which passes.

NAME    small letters, digits and dashes, e.g. nimbus-flow
FOLDER  where it is written; default flowmeta-connector-NAME

  -h, --help  this text`;

export interface Terminal {
  cwd: string;
  print: (text: string) => void;
  printError: (text: string) => void;
}

/** The command. @returns The exit code: 0, or 2 when nothing was written. */
export function main(args: string[], { cwd, print, printError }: Terminal): number {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) {
      print(usage);
      return 0;
    }
    const [name, given, ...others] = positionals;
    if (name === undefined || others.length > 0) throw new Error(`expected NAME and perhaps FOLDER\n\n${usage}`);
    const { kebab } = namesOf(name);
    const folder = given ?? `flowmeta-connector-${kebab}`;
    const files = createConnector({ name, folder: resolve(cwd, folder), kind: 'alone' });
    print(
      [
        `Wrote ${files.length} files to ${folder}:`,
        ...files.map((file) => `  ${file}`),
        '',
        'Next:',
        `  cd ${folder}`,
        '  npm install',
        '  npm test            # the conformance suite passes, against a stand-in server',
        '',
        'Then make it yours: record answers of the real server into test/fixtures, and follow them through',
        'src/client.ts, src/mapping.ts and test/server.ts. README.md says what is where;',
        'https://github.com/flowmeta/flowmeta/blob/main/docs/writing-a-connector.md explains it, and how flowmeta uses it.',
      ].join('\n'),
    );
    return 0;
  } catch (error) {
    printError((error as Error).message);
    return 2;
  }
}

import type { Command } from 'commander';
import { generated } from './markdown.js';

/** What `--help` says of each command, as a page. */
export function commandsPage(program: Command): string {
  const sections = [...commandsOf(program)].map(
    ({ path, command }) => `## \`${path}\`\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``,
  );
  return `${generated}

# Commands

What \`flowmeta COMMAND --help\` says. [The command's page](../../apps/runner/README.md) explains it.

${sections.join('\n\n')}
`;
}

/** A command and those below it, with their whole names; what only groups others is left out. */
export function* commandsOf(program: Command, above = ''): Generator<{ path: string; command: Command }> {
  const path = `${above} ${program.name()}`.trim();
  yield { path, command: program };
  for (const command of program.commands) if (command.name() !== 'help') yield* commandsOf(command, path);
}

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
    getOutHelpWidth: () => 110,
  });
  command.outputHelp();
  return help.trimEnd();
}

import { writeNotices } from '@flowmeta/build/notices';
import { library } from '@flowmeta/build/tsup';

// What the command needs is bundled, since hundreds of small modules (zod and undici above all) take longer to find than to run, and
// half of them are never used. Three stay outside: the sandbox brings files of its own, and the SQL parser is 23 MB of WebAssembly, which
// is loaded only where there is SQL. OpenTelemetry's API is the user's to bring, since it must be the one that their SDK knows.
const outside = ['@flowmeta/sandbox', '@polyglot-sql/sdk', '@opentelemetry/api'];

export default library(
  // The guest is what a connector in a worker or a process of its own starts with; it has to be a file.
  { main: 'src/main.ts', guest: '../../packages/registry/src/guest.js' },
  {
    dts: false,
    metafile: true,
    onSuccess: async () => writeNotices('dist'),
    sourcemap: false,
    // esbuild shakes the tree already; a second time takes longer than all the rest.
    treeshake: false,
    platform: 'node',
    external: outside,
    noExternal: [new RegExp(`^(?!${outside.join('|')}|node:)`)],
    // Bundled CommonJS packages ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
    },
  },
);

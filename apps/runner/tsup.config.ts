import { writeNotices } from '@flowmeta/build/notices';
import { library } from '@flowmeta/build/tsup';

// What the command needs is bundled, except for the sandbox, which brings files of its own: hundreds of small modules
// (zod and undici above all) take longer to find than to run, and half of them are never used.
export default library(
  { main: 'src/main.ts' },
  {
    dts: false,
    metafile: true,
    onSuccess: async () => writeNotices('dist'),
    sourcemap: false,
    // esbuild shakes the tree already; a second time takes longer than all the rest.
    treeshake: false,
    platform: 'node',
    external: ['@flowmeta/sandbox'],
    noExternal: [/^(?!@flowmeta\/sandbox|node:)/],
    // Bundled CommonJS packages ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
    },
  },
);

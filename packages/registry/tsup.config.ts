import { library } from '@flowmeta/build/tsup';

// The guest is a file of its own: a worker or a process starts with it.
export default library({ index: 'src/index.ts', guest: 'src/guest.js' }, { dts: { entry: { index: 'src/index.ts' } } });

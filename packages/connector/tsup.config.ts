import { library } from '@flowmeta/build/tsup';

export default library({ index: 'src/index.ts', reading: 'src/reading/index.ts', testing: 'src/testing/index.ts' });

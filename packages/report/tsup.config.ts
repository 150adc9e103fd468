import { library } from '@flowmeta/build/tsup';

export default library({ index: 'src/index.ts', rendering: 'src/rendering/index.ts' });

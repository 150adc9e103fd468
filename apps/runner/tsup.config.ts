import { library } from '@flowmeta/build/tsup';

export default library({ main: 'src/main.ts' }, { dts: false });

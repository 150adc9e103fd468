import { detailScript } from './detail-script.js';
import { graphScript } from './graph-script.js';
import { tableScript } from './table-script.js';

/** The page's whole script. */
export const script = `(() => {\n'use strict';${tableScript}${graphScript}${detailScript}})();`;

import { detailScript } from './detail-script.js';
import { elementScript } from './element-script.js';
import { graphScript } from './graph-script.js';
import { lineageCanvasScript } from './lineage-canvas-script.js';
import { lineageFocusScript } from './lineage-focus-script.js';
import { lineageModelScript } from './lineage-model-script.js';
import { lineageSearchScript } from './lineage-search-script.js';
import { lineageViewScript } from './lineage-view-script.js';
import { tableScript } from './table-script.js';

const lineage = `${lineageModelScript}${lineageFocusScript}${lineageCanvasScript}${lineageSearchScript}${lineageViewScript}`;

/** The whole script of the run report. */
export const script = `(() => {\n'use strict';${elementScript}${tableScript}${graphScript}${detailScript}${lineage}})();`;

/** The whole script of a page with lineage alone. */
export const lineageScript = `(() => {\n'use strict';${elementScript}${lineage}})();`;

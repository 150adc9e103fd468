import { assetRoutes } from './asset-routes.js';
import { dagRoutes } from './dag-routes.js';
import type { AirflowRoute } from './route.js';
import { runRoutes } from './run-routes.js';
import { serverRoutes } from './server-routes.js';
import { taskInstanceRoutes } from './task-instance-routes.js';

/** All that is offered below `/api/v1/` or `/api/v2/`. */
export const routesOf = (three: boolean): AirflowRoute[] => [
  ...serverRoutes(three),
  ...dagRoutes(three),
  ...runRoutes(three),
  ...taskInstanceRoutes,
  ...assetRoutes(three),
];

export type { TextColours } from '@flowmeta/report/rendering';
export { createHealth, type HealthCollector, type HealthOptions } from './create-health.js';
export { exceeds } from './exceeds.js';
export { renderHealthHtml } from './html/render-html.js';
export { renderHealthJson } from './json.js';
export type { TypeOfTask } from './ledger.js';
export { renderHealthMarkdown } from './markdown.js';
export { type SlackOptions, type SlackPayload, slackPayload } from './slack.js';
export { renderHealthText, type TextOptions } from './text.js';
export type {
  DurationStatistics,
  GroupHealth,
  Health,
  HealthReport,
  HealthStatistics,
  InstalledTypes,
  Trend,
  TypeHealth,
  UnknownTypes,
} from './types.js';

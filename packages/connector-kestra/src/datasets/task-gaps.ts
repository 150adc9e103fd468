import type { LineageGap } from '@flowmeta/connector';
import type { RenderedText } from './rendering.js';

const mostGaps = 20;
const templateHint = 'Give the input a default or the variable a value, or declare `assets` on the task.';
const sqlHint = 'Declare `assets` on the task, or name the tables in labels of the flow.';

/** Gaps of one task, each once, and not too many. */
export class TaskGaps {
  readonly #about: Pick<LineageGap, 'pipeline' | 'task'>;
  readonly #gaps = new Map<string, LineageGap>();

  constructor(pipeline: string, task: string) {
    this.#about = { pipeline, task };
  }

  add(reason: LineageGap['reason'], message: string, hint: string): void {
    if (this.#gaps.size < mostGaps) this.#gaps.set(`${reason} ${message}`, { ...this.#about, reason, message, hint });
  }

  sql({ reason, message }: { reason: 'sql' | 'template' | 'missing'; message: string }): void {
    this.add(reason, `Its SQL: ${message}.`, sqlHint);
  }

  template(property: string, { shown }: RenderedText): void {
    const text = shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
    this.add('template', `Its property ${property} is only known during a run: ${text}`, templateHint);
  }

  homeless(id: string): void {
    this.add(
      'connection',
      `Nobody says which system holds its asset ${id.slice(0, 150)}.`,
      'Set `metadata.system` of the asset.',
    );
  }

  all(): LineageGap[] {
    return [...this.#gaps.values()];
  }
}

import type { ServerAnswer } from '../http-server.js';

/** An error that becomes a HAL JSON answer, as Kestra's own do. */
export class KestraRefusal extends Error {
  readonly #status: number;
  readonly #path: string | undefined;

  constructor(status: number, message: string, options: { path?: string } = {}) {
    super(message);
    this.#status = status;
    this.#path = options.path;
  }

  /** `target` is the path with its query. */
  toAnswer(target: string): ServerAnswer {
    const link = {
      href: target,
      templated: false,
      profile: null,
      deprecation: null,
      title: null,
      hreflang: null,
      type: null,
      name: null,
    };
    const detail = {
      message: this.message.split(': ').at(-1),
      logref: null,
      path: this.#path,
      _links: {},
      _embedded: {},
    };
    return {
      status: this.#status,
      json: {
        message: this.message,
        logref: null,
        path: null,
        _links: { self: link },
        _embedded: this.#path ? { errors: [detail] } : {},
      },
    };
  }
}

export const notFound = (detail?: string): KestraRefusal =>
  new KestraRefusal(404, detail ? `Not Found: ${detail}` : 'Not Found');

export const ok = (json: unknown): ServerAnswer => ({ status: 200, json });

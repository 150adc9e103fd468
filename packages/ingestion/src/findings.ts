import type { Finding } from '@flowmeta/connector';

/** Collects findings; those with the same message become one with a count. */
export interface FindingList {
  add(finding: { ref: string; message: string; hint?: string | undefined; count?: number }): void;
  /** In the order in which the messages first came. */
  list(): Finding[];
}

/** More names than this are not spelled out in one finding. */
const namedRefs = 3;

/** More distinct messages than this are only counted: the report of a bad night must stay small. */
const maxMessages = 1000;

interface Entry {
  refs: string[];
  more: boolean;
  hint: string | undefined;
  count: number;
}

export function createFindingList(): FindingList {
  const entries = new Map<string, Entry>();
  let overflow = 0;

  return {
    add({ ref, message, hint, count = 1 }) {
      const entry = entries.get(message);
      if (!entry) {
        if (entries.size < maxMessages) entries.set(message, { refs: [ref], more: false, hint, count });
        else overflow += count;
        return;
      }
      entry.count += count;
      entry.hint ??= hint;
      if (entry.refs.includes(ref)) return;
      if (entry.refs.length < namedRefs) entry.refs.push(ref);
      else entry.more = true;
    },
    list() {
      const findings = [...entries].map(([message, { refs, more, hint, count }]): Finding => {
        const ref = refs.join(', ') + (more ? ', …' : '');
        return hint === undefined ? { ref, message, count } : { ref, message, hint, count };
      });
      if (overflow > 0) findings.push({ ref: '…', message: 'further findings with other messages', count: overflow });
      return findings;
    },
  };
}

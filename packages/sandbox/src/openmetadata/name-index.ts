/** Ids in the order of their names. */
export interface NameIndex {
  add(name: string, id: string): void;
  remove(name: string, id: string): void;
  /** Ids in order. */
  ids(): readonly string[];
  /** The position of the first entry that comes after (name, id), or of the entry itself or what would follow it. */
  position(name: string, id: string, side: 'at' | 'after'): number;
}

/** A sorted list: adding costs a binary search and a shift, reading a page nothing more than the page. */
export function createNameIndex(): NameIndex {
  const names: string[] = [];
  const ids: string[] = [];

  const position = (name: string, id: string, side: 'at' | 'after'): number => {
    let low = 0;
    let high = names.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const middleName = names[middle] ?? '';
      const middleId = ids[middle] ?? '';
      const before = middleName < name || (middleName === name && (side === 'at' ? middleId < id : middleId <= id));
      if (before) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    position,
    ids: () => ids,
    add: (name, id) => {
      const at = position(name, id, 'at');
      names.splice(at, 0, name);
      ids.splice(at, 0, id);
    },
    remove: (name, id) => {
      const at = position(name, id, 'at');
      if (ids[at] !== id) return;
      names.splice(at, 1);
      ids.splice(at, 1);
    },
  };
}

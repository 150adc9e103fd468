import { isDeepStrictEqual } from 'node:util';
import type { ChangeDescription, Json } from './entities.js';

/** Gathers what a write changes. */
export interface Changes {
  /** Notes a field if its value differs; empty lists and absence are the same. */
  record(name: string, oldValue: unknown, newValue: unknown): void;
  /** Notes what came and what went. */
  recordLists(name: string, added: unknown[], deleted: unknown[]): void;
  /** Notes a field as replaced although one of its values is absent. */
  recordReplaced(name: string, oldValue: unknown, newValue: unknown): void;
  isEmpty(): boolean;
  describe(previousVersion: number): ChangeDescription;
}

const isAbsent = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

const asShown = (value: unknown): unknown => (typeof value === 'object' ? JSON.stringify(value) : value);

export function createChanges(): Changes {
  const fieldsAdded: Json[] = [];
  const fieldsUpdated: Json[] = [];
  const fieldsDeleted: Json[] = [];
  return {
    record: (name, oldValue, newValue) => {
      if (isAbsent(oldValue) && isAbsent(newValue)) return;
      if (isAbsent(oldValue)) fieldsAdded.push({ name, newValue: asShown(newValue) });
      else if (isAbsent(newValue)) fieldsDeleted.push({ name, oldValue: asShown(oldValue) });
      else if (!isDeepStrictEqual(oldValue, newValue)) {
        fieldsUpdated.push({ name, oldValue: asShown(oldValue), newValue: asShown(newValue) });
      }
    },
    recordLists: (name, added, deleted) => {
      if (added.length > 0) fieldsAdded.push({ name, newValue: JSON.stringify(added) });
      if (deleted.length > 0) fieldsDeleted.push({ name, oldValue: JSON.stringify(deleted) });
    },
    recordReplaced: (name, oldValue, newValue) => {
      if (isDeepStrictEqual(oldValue, newValue)) return;
      fieldsUpdated.push({ name, oldValue: asShown(oldValue), newValue: asShown(newValue) });
    },
    isEmpty: () => fieldsAdded.length + fieldsUpdated.length + fieldsDeleted.length === 0,
    describe: (previousVersion) => ({ fieldsAdded, fieldsUpdated, fieldsDeleted, previousVersion }),
  };
}

/** A change of nothing, as old servers show it after a write that changed nothing. */
export const noChange = (version: number): ChangeDescription => createChanges().describe(version);

/** The next version: 0.1 more, without the dust of binary fractions. */
export const nextVersion = (version: number): number => Math.round((version + 0.1) * 10) / 10;

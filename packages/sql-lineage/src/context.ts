import type { Node } from './ast.js';
import { type DialectRules, nameKey, tableName, type WrittenName } from './dialects.js';
import { type Relation, tableId } from './relation.js';
import { type Marker, markersIn } from './templates/markers.js';
import type { TableRef } from './types.js';

/** A temporary table of the script, or one that it drops again. */
export interface Temporary {
  relation: Relation;
  /** What was read to fill it, by `tableId`. */
  reads: Map<string, TableRef>;
}

/** What all statements of one script share. */
export interface Session {
  rules: DialectRules;
  defaultDatabase?: string;
  defaultSchema?: string;
  /** By `tableId` in lower case. */
  temporaries: Map<string, Temporary>;
  /** Tables that the script creates and later drops or renames: by `tableId` in lower case. */
  passing: ReadonlySet<string>;
  /** The columns of tables that the script creates, by `tableId` in lower case. */
  definitions: Map<string, readonly string[]>;
  /** The parser; a tree, or undefined where it does not understand the text. */
  parse(sql: string): Node | undefined;
  /** Templates that were not rendered, by the name that stands in their place. */
  markers: ReadonlyMap<string, Marker>;
}

/** What one statement gathers. */
export class Findings {
  readonly session: Session;
  readonly reads = new Map<string, TableRef>();
  readonly writes = new Map<string, TableRef>();
  readonly problems = new Set<string>();
  /** Relations that no FROM could find: what `excluded`, `inserted` or a deleting CTE stands for. */
  readonly relations = new Map<string, Relation>();

  constructor(session: Session) {
    this.session = session;
  }

  get rules(): DialectRules {
    return this.session.rules;
  }

  key(name: string): string {
    return nameKey(name, this.rules);
  }

  read(table: TableRef): void {
    this.reads.set(tableId(table), table);
  }

  write(table: TableRef): void {
    this.writes.set(tableId(table), table);
  }

  problem(text: string): void {
    this.problems.add(text);
  }

  /** Reports the templates in a text, if there are any. */
  hasTemplate(text: string): boolean {
    const found = markersIn(text, this.session.markers);
    for (const { expression } of found) this.problem(`a name holds the template {{ ${expression} }}`);
    return found.length > 0;
  }

  /** The table that a name of one to four parts stands for; undefined, and reported, where a template makes part of it. */
  table(parts: readonly WrittenName[]): TableRef | undefined {
    const { rules, defaultDatabase, defaultSchema } = this.session;
    if (this.hasTemplate(parts.map(({ text }) => text).join('.'))) return undefined;
    const names = parts.map((part) => tableName(part, rules));
    if (rules.parser === 'oracle' && parts.at(-1)?.quoted === false && names.at(-1)?.includes('@')) {
      this.problem(`table ${names.at(-1)} is in another database`);
      return undefined;
    }
    if (names.length > 3) {
      this.problem(`table ${names.at(-1)} is on another server`);
      return undefined;
    }
    const name = names.at(-1) ?? '';
    const written = names.length > 1 ? names.at(-2) : undefined;
    const schema = written === '' ? rules.emptySchema : (written ?? defaultSchema);
    const database = (names.length > 2 ? names[0] : undefined) ?? defaultDatabase;
    return {
      ...(database === undefined ? {} : { database }),
      ...(schema === undefined ? {} : { schema }),
      name,
    };
  }

  /** The file that a path or URL stands for; undefined, and reported, where a template makes part of it. */
  file(path: string): TableRef | undefined {
    if (path === '' || this.hasTemplate(path)) return undefined;
    const file = path
      .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1')
      .replace(/^([a-z][a-z0-9+.-]*:\/\/[^?#]*)[?#](?!\*).*$/i, (whole, address: string) =>
        /[*{[]/.test(whole) && !/[?&][\w-]+=/.test(whole) ? whole : address,
      );
    return { name: file.split(/[/\\]/).findLast((part) => part !== '') ?? file, file };
  }

  temporary(table: TableRef): Temporary | undefined {
    return this.session.temporaries.get(tableId(table).toLowerCase());
  }

  /** The table is gone under this name. */
  forget(table: TableRef): void {
    this.session.temporaries.delete(tableId(table).toLowerCase());
    this.session.definitions.delete(tableId(table).toLowerCase());
  }

  /** Makes a table temporary, or empties it if it is already. */
  addTemporary(table: TableRef): Temporary {
    const temporary: Temporary = { relation: { outputs: [] }, reads: new Map() };
    this.session.temporaries.set(tableId(table).toLowerCase(), temporary);
    return temporary;
  }
}

// Tables of two layers on the embedded engine: the rows of an earlier table, whose files are shared by hard links, without those
// of some persons, and rows of their own. Whoever reads one sees one table; its parts are dropped with it.
import { rm } from 'node:fs/promises';
import type { Engine, LayeredTables, LayersToStack, TableDefinition, TableLayers } from './engine.ts';
import { linkDurably } from './move-durably.ts';
import { assertTableName, columnList, structureOf } from './settings.ts';

const PART = '_part_';
const FROM = `${PART}from_`;
const TOP = `${PART}top`;
const GONE = `${PART}gone`;
const OWNER_LENGTH = 30;

/** A part is seen by nobody but its table. */
export function isPart(name: string): boolean {
  return name.includes(PART);
}

export function partsOf(table: string, names: readonly string[]): string[] {
  return names.filter((name) => name.startsWith(`${table}${PART}`));
}

/** Parts of tables that do not stand: what a cut in the middle of stacking or dropping left. */
export function orphanedParts(names: readonly string[]): string[] {
  const standing = new Set(names);
  return names.filter((name) => isPart(name) && !standing.has(name.slice(0, name.indexOf(PART))));
}

type StackingEngine = Pick<Engine, 'command' | 'createTable' | 'adoptFile' | 'insertFile' | 'findFile'> & {
  listAll(): Promise<string[]>;
};

export class StackedTables implements LayeredTables {
  readonly #engine: StackingEngine;

  constructor(engine: StackingEngine) {
    this.#engine = engine;
  }

  async find(table: string): Promise<TableLayers | undefined> {
    const names = await this.#engine.listAll();
    if (!names.includes(assertTableName(table))) return undefined;
    const parts = partsOf(table, names);
    const base = parts.find((name) => name.startsWith(`${table}${FROM}`));
    if (base === undefined)
      return { origin: table.slice(0, OWNER_LENGTH), base: table, top: undefined, gone: undefined };
    const own = (suffix: string) => parts.find((name) => name === `${table}${suffix}`);
    return { origin: base.slice(table.length + FROM.length), base, top: own(TOP), gone: own(GONE) };
  }

  async stack(table: TableDefinition, { under, top, gonePath }: LayersToStack): Promise<void> {
    const name = assertTableName(table.name);
    const below = await this.find(under);
    if (below === undefined) throw new Error('a table is stacked on one that stands');
    const base = assertTableName(`${name}${FROM}${below.origin}`);
    await this.#share({ ...table, name: base }, below.base);
    if (gonePath !== undefined) {
      await this.#share({ ...table, name: `${name}${GONE}`, columns: { person: 'UInt32' } }, undefined, gonePath);
    }
    const isTopped = top !== undefined && top.rows > 0;
    if (isTopped) await this.#put({ ...table, name: `${name}${TOP}` }, top, below.base);
    if (top !== undefined) await rm(top.path, { force: true });
    const columns = columnList(table.columns);
    const kept = gonePath === undefined ? '' : ` WHERE person NOT IN (SELECT person FROM ${name}${GONE})`;
    const own = isTopped ? ` UNION ALL SELECT ${columns} FROM ${name}${TOP}` : '';
    // Last, so that a table that can be read has all its parts.
    await this.#engine.command(
      `CREATE VIEW ${name} (${structureOf(table.columns)}) AS SELECT ${columns} FROM ${base}${kept}${own}`,
    );
  }

  /** A file is linked; the parts of a sorted table are linked by the engine itself. */
  async #share(table: TableDefinition, from: string | undefined, given?: string): Promise<void> {
    const path = given ?? (from && (await this.#engine.findFile(from)));
    if (path === undefined) {
      await this.#engine.createTable(table);
      await this.#engine.command(`ALTER TABLE ${table.name} ATTACH PARTITION ID 'all' FROM ${from}`);
      return;
    }
    await this.#engine.command(`CREATE TABLE ${table.name} (${structureOf(table.columns)}) ENGINE = File(Native)`);
    const own = await this.#engine.findFile(table.name);
    if (own === undefined) throw new Error('a table that was just made has a file');
    await linkDurably(path, own);
  }

  async #put(table: TableDefinition, top: NonNullable<LayersToStack['top']>, base: string): Promise<void> {
    if ((await this.#engine.findFile(base)) !== undefined) return this.#engine.adoptFile(table, top);
    await this.#engine.createTable(table);
    await this.#engine.insertFile({ table: table.name, columns: table.columns }, { path: top.path, format: 'Native' });
  }
}

// What a destination must be told: the ids that may leave now against what it was told before, as adds and removes.
// The changes are written down before any is sent, so that an interrupted delivery goes on with the very same ones.

import { type Unreleased, unreleased } from '../policies/release.ts';
import { PURPOSES_OF_BITS } from './distribute-consent.ts';
import type { Engine } from './engine/engine.ts';
import { heldElsewhereSql, heldSql, type OtherHolder } from './removal-candidates.ts';
import { deliveredTable, evidenceTable, selectionTables } from './tables.ts';

export interface ActivationChange {
  readonly id: string;
  readonly change: 'add' | 'remove';
  readonly erase?: true;
  /** Of an addition, where the destination is told of it: all purposes that the person agreed to. */
  readonly consent?: readonly string[];
}

export interface DeliveryRequest {
  /** The selection that `selectDeliverable` filled. */
  readonly delivery: string;
  readonly audience: string;
  readonly destination: string;
  /** Everybody who may leave is told again, whether the destination knows them or not. */
  readonly isWhole?: boolean;
  /** Additions say what else the persons agreed to, as the selection has it. */
  readonly tellsConsent?: boolean;
  /** Opens sealed ids on their way out; they lie in the engine as the partner sealed them. */
  readonly open?: (id: string) => string;
  /** Ids of which a platform did not take the last word: it is told again. */
  readonly doubted?: readonly string[];
}

/** Taking out persons whose ids stand in `<delivery>_sought`, whatever the audience has become. */
export interface RemovalRequest extends DeliveryRequest {
  /** The destination is asked to erase them. */
  readonly erase: boolean;
  /** Audiences for which persons stay there; this one lets them go without a word to the destination. */
  readonly stayFor?: readonly OtherHolder[];
}

export interface DeliveryDelta {
  readonly counts: Unreleased<{ readonly added: number; readonly removed: number }>;
  /** Numbers what the destination was told; without a change, of the telling before. */
  readonly round: number;
  /** Removes first, then adds, each in a stable order; every iteration starts from the first change. */
  readonly changes: Unreleased<AsyncIterable<ActivationChange[]>>;
}

/** Rows read at a time: no query stays open while a platform takes its time. */
const PAGE_CHANGES = 20_000;

/** The last word about an id. */
const LAST_STATE = 'argMax(state, (round, step))';

/**
 * The changes of a delivery. Called again for the same delivery it gives the same changes, whatever happened since.
 * An id whose last change was never confirmed is told again: added if it may leave now, removed if not.
 */
export async function deliveryDelta(engine: Engine, request: DeliveryRequest): Promise<DeliveryDelta> {
  const existing = await engine.listTables();
  if (!existing.includes(selectionTables(request.delivery).prepared.name)) {
    if (existing.includes(deliveredTable(request.audience, request.destination).name)) await doubt(engine, request);
    await prepare(engine, request, existing, deltaSql(request));
  }
  return writtenChanges(engine, request, {});
}

/** The removals of candidates that the destination holds. Called again for the same removal it gives the same changes. */
export async function removalDelta(engine: Engine, request: RemovalRequest): Promise<DeliveryDelta> {
  const existing = await engine.listTables();
  if (!existing.includes(selectionTables(request.delivery).prepared.name)) {
    const { name } = deliveredTable(request.audience, request.destination);
    if (existing.includes(name)) await letGo(engine, request, existing);
    const held = heldSql(request.delivery, name);
    const removals = `SELECT h.id AS id, toUInt32(0) AS person, toInt8(-1) AS change FROM (${held}) AS h`;
    await prepare(engine, request, existing, removals);
  }
  return writtenChanges(engine, request, request.erase ? { erase: true } : {});
}

/** What other audiences keep at the destination is no longer held by this one. */
async function letGo(engine: Engine, request: RemovalRequest, existing: readonly string[]): Promise<void> {
  const { delivery: removal, audience, destination, stayFor = [] } = request;
  const others = stayFor.filter((one) => existing.includes(deliveredTable(one.audience, destination).name));
  if (others.length === 0) return;
  const { name } = deliveredTable(audience, destination);
  await engine.command(
    `INSERT INTO ${name} SELECT e.id AS id, toInt8(-1) AS state, {round:UInt32} AS round, toUInt8(3) AS step
     FROM (${heldElsewhereSql({ removal, audience, destination }, others)}) AS e`,
    { round: await lastRound(engine, name) },
  );
}

async function writtenChanges(
  engine: Engine,
  request: DeliveryRequest,
  also: { readonly erase?: true },
): Promise<DeliveryDelta> {
  const { changes, said } = selectionTables(request.delivery);
  // Changes of before there was such a table are told as they were begun.
  const saidIn = (await engine.listTables()).includes(said.name) ? said.name : undefined;
  const how = { open: request.open, also, saidIn };
  const [counts] = await engine.query<{ added: number; removed: number }>(
    `SELECT countIf(change = 1) AS added, countIf(change = -1) AS removed FROM ${changes.name}`,
  );
  return {
    counts: unreleased(counts ?? { added: 0, removed: 0 }),
    round: await lastRound(engine, deliveredTable(request.audience, request.destination).name),
    changes: unreleased({ [Symbol.asyncIterator]: () => pagesOf(engine, changes.name, how) }),
  };
}

/** Notes that the destination took the changes of a delivery. Saying it twice changes nothing. */
export async function recordDelivered(engine: Engine, request: DeliveryRequest): Promise<void> {
  const { changes } = selectionTables(request.delivery);
  const delivered = deliveredTable(request.audience, request.destination);
  await engine.command(
    `INSERT INTO ${delivered.name} SELECT id, change AS state, round, toUInt8(1) AS step FROM ${changes.name}`,
  );
}

/** Leaves no trace in the engine of the ids that a removal took out, once the destination has confirmed it, nor of any let go before. */
export async function forgetDelivered(engine: Engine, request: DeliveryRequest): Promise<void> {
  const { changes } = selectionTables(request.delivery);
  const delivered = deliveredTable(request.audience, request.destination);
  const next = { ...delivered, name: `${delivered.name}_next` };
  await engine.dropTable(next.name);
  await engine.createTable(next);
  await engine.command(
    `INSERT INTO ${next.name} SELECT d.id AS id, d.state AS state, d.round AS round, d.step AS step
     FROM ${delivered.name} AS d ANTI LEFT JOIN (
       SELECT id FROM ${changes.name} UNION ALL
       SELECT id FROM (SELECT id, ${LAST_STATE} AS last FROM ${delivered.name} GROUP BY id) WHERE last = -1
     ) AS c ON c.id = d.id`,
  );
  await engine.replaceTable(delivered.name, next.name);
}

/** The ids of the changes of a delivery as the engine has them, by the id that went out in their place, opened. */
export async function storedIdsOf(
  engine: Engine,
  request: Pick<DeliveryRequest, 'delivery' | 'open'>,
  opened: ReadonlySet<string>,
): Promise<Unreleased<Map<string, string[]>>> {
  const { changes } = selectionTables(request.delivery);
  const open = request.open ?? ((id: string) => id);
  const stored = new Map<string, string[]>();
  for await (const page of pagesOf(engine, changes.name, { open: (id) => id, also: {} })) {
    for (const { id } of page) {
      const sent = open(id);
      if (opened.has(sent)) stored.set(sent, [...(stored.get(sent) ?? []), id]);
    }
  }
  return unreleased(stored);
}

/** After the last word about each of them, in its round. */
async function doubt(engine: Engine, request: DeliveryRequest): Promise<void> {
  const { doubted = [] } = request;
  const { name } = deliveredTable(request.audience, request.destination);
  // Bound lists travel in the address of a request on a cluster, which must stay short.
  const chunk = engine.kind === 'cluster' ? 200 : 10_000;
  for (let start = 0; start < doubted.length; start += chunk) {
    await engine.command(
      `INSERT INTO ${name} SELECT id, toInt8(0) AS state, max(round) AS last_round, toUInt8(2) AS step
       FROM ${name} WHERE has({ids:Array(String)}, id) GROUP BY id`,
      { ids: doubted.slice(start, start + chunk) },
    );
  }
}

/** Drops the working tables of a delivery or forecast. What the destination was told is kept with the audience. */
export async function dropSelection(engine: Engine, selection: string): Promise<void> {
  const existing = await engine.listTables();
  const evidence = (['left', 'right'] as const).map((side) => evidenceTable(selection, side));
  const names = [...Object.values(selectionTables(selection)), ...evidence].map(({ name }) => name);
  await Promise.all(names.filter((name) => existing.includes(name)).map((name) => engine.dropTable(name)));
}

function deltaSql(request: DeliveryRequest): string {
  const { ids } = selectionTables(request.delivery);
  const delivered = deliveredTable(request.audience, request.destination);
  const known = (states: string) =>
    `SELECT id FROM (SELECT id, ${LAST_STATE} AS last FROM ${delivered.name} GROUP BY id) WHERE ${states}`;
  const added = request.isWhole
    ? `SELECT id, person FROM ${ids.name}`
    : `SELECT i.id AS id, i.person AS person
       FROM ${ids.name} AS i ANTI LEFT JOIN (${known('last = 1')}) AS d ON d.id = i.id`;
  // A removal names no person of today: the id may be of somebody whom the dataset no longer has.
  return `SELECT d.id AS id, toUInt32(0) AS person, toInt8(-1) AS change
       FROM (${known('last >= 0')}) AS d ANTI LEFT JOIN (SELECT id FROM ${ids.name}) AS i ON i.id = d.id
       UNION ALL
       SELECT w.id AS id, w.person AS person, toInt8(1) AS change FROM (${added}) AS w`;
}

async function prepare(
  engine: Engine,
  request: DeliveryRequest,
  existing: readonly string[],
  changesSql: string,
): Promise<void> {
  const { changes, said, prepared, ids } = selectionTables(request.delivery);
  const delivered = deliveredTable(request.audience, request.destination);
  if (!existing.includes(delivered.name)) await engine.createTable(delivered);
  await engine.dropTable(changes.name);
  await engine.createTable(changes);
  await engine.command(
    `INSERT INTO ${changes.name}
     SELECT toUInt32(row_number() OVER (ORDER BY change, person, id) - 1) AS position, id, change, {round:UInt32} AS round
     FROM (${changesSql})`,
    { round: (await lastRound(engine, delivered.name)) + 1 },
  );
  await engine.dropTable(said.name);
  if (request.tellsConsent) {
    await engine.createTable(said);
    await engine.command(
      `INSERT INTO ${said.name} SELECT c.position AS position, i.purposes AS purposes
       FROM (SELECT position, id FROM ${changes.name} WHERE change = 1) AS c INNER JOIN ${ids.name} AS i ON i.id = c.id`,
    );
  }
  // From here on nobody knows what the platform holds of these ids until it is confirmed.
  await engine.command(
    `INSERT INTO ${delivered.name} SELECT id, toInt8(0) AS state, round, toUInt8(0) AS step FROM ${changes.name}`,
  );
  // The table itself is the mark: it appears at once or not at all.
  await engine.createTable(prepared);
}

async function lastRound(engine: Engine, delivered: string): Promise<number> {
  const [row] = await engine.query<{ round: number }>(`SELECT max(round) AS round FROM ${delivered}`);
  return row?.round ?? 0;
}

interface PageRow {
  readonly id: string;
  readonly change: number;
  /** Absent where nothing is said. */
  readonly purposes?: number | null;
}

async function* pagesOf(
  engine: Engine,
  changes: string,
  how: {
    open?: ((id: string) => string) | undefined;
    also: { readonly erase?: true };
    saidIn?: string | undefined;
  },
): AsyncGenerator<ActivationChange[]> {
  const { open = (id) => id, also, saidIn } = how;
  const range = 'position >= {from:UInt32} AND position < {to:UInt32}';
  const rowsSql =
    saidIn === undefined
      ? `SELECT id, change FROM ${changes} WHERE ${range} ORDER BY position`
      : `SELECT c.id AS id, c.change AS change, s.purposes AS purposes
         FROM (SELECT position, id, change FROM ${changes} WHERE ${range}) AS c
         LEFT JOIN (SELECT position, purposes FROM ${saidIn} WHERE ${range}) AS s ON s.position = c.position
         ORDER BY c.position`;
  for (let from = 0; ; from += PAGE_CHANGES) {
    const rows = await engine.query<PageRow>(rowsSql, { from, to: from + PAGE_CHANGES });
    if (rows.length > 0)
      yield rows.map((row) => ({
        id: open(row.id),
        change: row.change === 1 ? 'add' : 'remove',
        ...also,
        ...(saidIn === undefined ? {} : consentOf(row)),
      }));
    if (rows.length < PAGE_CHANGES) return;
  }
}

/** Of an addition that says nothing, nothing was agreed to. */
function consentOf({ change, purposes }: PageRow): Pick<ActivationChange, 'consent'> {
  return change === 1 ? { consent: PURPOSES_OF_BITS[purposes ?? 0] ?? [] } : {};
}

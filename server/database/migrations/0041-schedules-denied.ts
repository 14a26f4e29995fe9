// Schedules that stay due: why a run was denied, and since when it is due.
import type { Migration } from '../migration.ts';

export const schedulesDenied: Migration = {
  name: '0041-schedules-denied',
  why: 'A run delivers the audience as of then, or is denied with a reason and stays due. Two empty columns.',
  async up(trx) {
    await trx.schema.alterTable('schedules', (table) => {
      table.string('denied_because', 40).nullable();
      table.string('due_since', 24).nullable();
    });
  },
  async down(trx) {
    await trx.schema.alterTable('schedules', (table) => table.dropColumns('denied_because', 'due_since'));
  },
};

// The commands about deliveries that run by themselves, of a running service.
import { Command } from 'commander';
import type { DeadLetterFlags, RejectedRowFlags, RetryRowsFlags } from './dead-letters.ts';
import { atService } from './officer-commands.ts';
import type { AddScheduleFlags, PrintFlags } from './schedules.ts';

const given = { env: process.env, write: (text: string) => void process.stdout.write(text) };

/** They alone, as a program of its own. */
export function deliveryProgram(): Command {
  const program = new Command('ecluse').exitOverride();
  addDeliveryCommands(program);
  return program;
}

export function addDeliveryCommands(program: Command): void {
  addDeadLetterCommands(program);
  const schedules = program.command('schedules').description('when activations are delivered by themselves');
  atService(schedules.command('add'))
    .description('deliver an activation at the times of a rule')
    .argument('<activation>')
    .option('--rule <rule>', 'of RFC 5545 in part, such as FREQ=DAILY;BYHOUR=6;BYMINUTE=30')
    .option('--every <interval>', 'in place of a rule: a number and m, h, d or w, such as 6h')
    .option('--time-zone <name>', 'such as Europe/Paris; UTC without it')
    .option('--starts-at <instant>', 'no run before it; now without it')
    .option('--mode <word>', 'delta or full; delta without it')
    .action(async (activation: string, flags: AddScheduleFlags) => {
      const { addSchedule } = await import('./schedules.ts');
      await addSchedule(activation, flags, given);
    });
  atService(schedules.command('list'))
    .description('rules, and the next run of each')
    .option('--activation <id>', 'of one activation')
    .action(async (flags: PrintFlags & { activation?: string }) => {
      const { listSchedules } = await import('./schedules.ts');
      await listSchedules(flags, given);
    });
  for (const what of ['pause', 'resume'] as const) {
    atService(schedules.command(what))
      .description(what === 'pause' ? 'let a schedule stand still' : 'let a paused schedule go on with its next run')
      .argument('<schedule>')
      .action(async (id: string, flags: PrintFlags) => {
        const { changeSchedule } = await import('./schedules.ts');
        await changeSchedule(what, id, { flags, given });
      });
  }
  atService(schedules.command('remove'))
    .description('delete a schedule; what it delivered stays delivered')
    .argument('<schedule>')
    .action(async (id: string, flags: PrintFlags) => {
      const { removeSchedule } = await import('./schedules.ts');
      await removeSchedule(id, flags, given);
    });
}

function addDeadLetterCommands(program: Command): void {
  const letters = program.command('dead-letters').description('rows that platforms did not take, in counts and codes');
  atService(letters.command('list'))
    .description('what waits to be looked at, and whether it can be retried')
    .option('--delivery <id>', 'of one delivery')
    .option('--all', 'those that were retried or destroyed, too', false)
    .action(async (flags: DeadLetterFlags) => {
      const { listDeadLetters } = await import('./dead-letters.ts');
      await listDeadLetters(flags, given);
    });
  atService(letters.command('retry'))
    .description('deliver the rows again, as far as policies still allow it')
    .argument('<letter>')
    .action(async (id: string, flags: PrintFlags) => {
      const { retryDeadLetter } = await import('./dead-letters.ts');
      await retryDeadLetter(id, flags, given);
    });
  atService(letters.command('rows'))
    .description('what a platform did not take of a delivery, row by row, and what to do')
    .argument('<delivery>')
    .option('--code <code>', 'those of one code')
    .action(async (id: string, flags: RejectedRowFlags) => {
      const { listRejectedRows } = await import('./dead-letters.ts');
      await listRejectedRows(id, flags, given);
    });
  atService(letters.command('retry-rows'))
    .description('deliver again what a platform did not take of a delivery, all of it or by code')
    .argument('<delivery>')
    .option('--code <code...>', 'those of these codes')
    .action(async (id: string, flags: RetryRowsFlags) => {
      const { retryRejectedRows } = await import('./dead-letters.ts');
      await retryRejectedRows(id, flags, given);
    });
}

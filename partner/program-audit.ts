// The commands about the audit log, as commander declares them.
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandResult, Terminal } from './terminal.ts';

export function declareAudit(program: Command, terminal: Terminal, done: (result: CommandResult) => void): void {
  const audit = program.command('audit').description("the own tenant's audit events, from the service");
  filtered(audit.command('search'))
    .description('list events, the newest first')
    .option('--limit <n>', 'events a page, 200 at the most', pageSize)
    .option('--cursor <text>', 'where the page before ended')
    .action(async (options) => {
      const { auditSearchCommand } = await import('./commands/audit.ts');
      done(await auditSearchCommand(options, terminal));
    });
  filtered(audit.command('export'))
    .description('write events as NDJSON, the oldest first')
    .option('-o, --output <file>', '"-" for standard output', '-')
    .action(async (options) => {
      const { auditExportCommand } = await import('./commands/audit.ts');
      done(await auditExportCommand(options, terminal));
    });
}

export function declareEvidence(program: Command, terminal: Terminal, done: (result: CommandResult) => void): void {
  program
    .command('evidence')
    .description('fetch an evidence pack: one ZIP that proves, offline, what left and why')
    .option('--delivery <id>', 'of a delivery, with its approvals and decisions')
    .option('--collaboration <id>', 'of everything the own tenant did in a collaboration')
    .option('--request <id>', "of a person's request")
    .option('--since <instant>', 'with --until: of a period')
    .option('--until <instant>', 'before this instant or day (UTC)')
    .option('-o, --output <file>', 'the ZIP', 'evidence.zip')
    .option('--url <url>', 'the service; else ECLUSE_URL')
    .option('--api-key-file <file>', 'file with the API key; else ECLUSE_API_KEY, else a prompt')
    .option('--json', 'print one JSON object on standard output and nothing else')
    .allowExcessArguments(false)
    .action(async (options) => {
      const { evidenceCommand } = await import('./commands/evidence.ts');
      done(await evidenceCommand(options, terminal));
    });
}

function filtered(command: Command): Command {
  return command
    .option('--since <instant>', 'from this instant or day (UTC) on')
    .option('--until <instant>', 'before this instant or day (UTC)')
    .option('--event <name>', 'name of the event, such as delivery.completed')
    .option('--subject <id>', 'what it is about')
    .option('--actor <id>', 'who did it')
    .addOption(new Option('--outcome <word>').choices(['allowed', 'denied', 'succeeded', 'failed']))
    .option('--url <url>', 'the service; else ECLUSE_URL')
    .option('--api-key-file <file>', 'file with the API key; else ECLUSE_API_KEY, else a prompt')
    .option('--json', 'print one JSON object on standard output and nothing else')
    .allowExcessArguments(false);
}

function pageSize(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 200)
    throw new InvalidArgumentError('a whole number from 1 to 200');
  return number;
}

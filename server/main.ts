#!/usr/bin/env node
// The service's command line, one file in commands/ for each command.
import { Command, Option } from 'commander';
import type { AnalysesRunFlags } from './commands/analyses-run.ts';
import type { ConsentsFlags } from './commands/consents.ts';
import { addDeliveryCommands } from './commands/delivery-commands.ts';
import type { DestinationAudiencesFlags } from './commands/destination-audiences.ts';
import { addEscrowCommands, addPolicyCommands } from './commands/officer-commands.ts';
import type { WitnessFlags } from './commands/witness.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { SETTINGS } from './settings.ts';

const program = new Command('ecluse').description('A privacy-first clean room and data-onboarding service.');

command('serve', 'start the API and its worker')
  .addOption(
    new Option('--no-worker', 'start no worker: `ecluse worker` runs beside it, on a cluster any number of times'),
  )
  .action(async (flags) => {
    const { worker, ...settings } = flags;
    const { serve } = await import('./commands/serve.ts');
    await serve(configOf(settings), { withWorker: worker !== false });
  });

command('worker', 'run jobs; `serve` starts one by itself, start more with a ClickHouse cluster')
  .addOption(new Option('--child', 'end with the parent process').hideHelp())
  .action(async (flags) => {
    const { child, ...settings } = flags;
    const { work } = await import('./commands/worker.ts');
    await work(configOf(settings), { isChild: child !== undefined });
  });

command('migrate', 'bring the database to the newest schema').action(async (flags) => {
  const { migrate } = await import('./commands/migrate.ts');
  await migrate(configOf(flags));
});

command('backup', 'copy the database and the engine into a folder, wrapped keys into another')
  .addOption(new Option('--to <folder>', 'where the data go; every worker must see it').makeOptionMandatory())
  .addOption(new Option('--keys-to <folder>', 'where the wrapped keys go, apart from the data').makeOptionMandatory())
  .action(async (flags) => {
    const { to, keysTo, ...settings } = flags;
    const { backUp } = await import('./commands/backup.ts');
    await backUp(configOf(settings), { to, keysTo });
  });

command('restore', 'make an empty database and an empty engine what was backed up, on one machine or on a cluster')
  .addOption(new Option('--from <folder>', 'the data of the backup').makeOptionMandatory())
  .addOption(new Option('--keys-from <folder>', 'its wrapped keys').makeOptionMandatory())
  .addOption(new Option('--without-erasure-ledger', 'the ledger is lost: persons erased since come back'))
  .action(async (flags) => {
    const { from, keysFrom, withoutErasureLedger, ...settings } = flags;
    const { restoreService } = await import('./commands/restore.ts');
    await restoreService(configOf(settings), { from, keysFrom, isWithoutLedger: withoutErasureLedger !== undefined });
  });

command(
  'link',
  'print a one-time link by which an operator who can no longer sign in sets a password',
  program.command('operators').description('who runs the service'),
)
  .addOption(new Option('--name <operator>', 'name or id; not needed while there is one alone'))
  .action(async (flags) => {
    const { name, ...settings } = flags;
    const { printOperatorLink } = await import('./commands/operator-link.ts');
    await printOperatorLink(configOf(settings), { name, write: (text) => process.stdout.write(text) });
  });

const keys = program.command('keys').description('keys of tenants and collaborations');
addEscrowCommands(keys);
addPolicyCommands(program);
addDeliveryCommands(program);

command('rotate', 'write the match keys anew under a new key, without a new upload', keys)
  .addOption(new Option('--tenant <id>', "the tenant's own key"))
  .addOption(new Option('--collaboration <id>', "the collaboration's key"))
  .action(async (flags) => {
    const { tenant, collaboration, ...settings } = flags;
    const { rotateKeys } = await import('./commands/keys-rotate.ts');
    await rotateKeys(configOf(settings), { tenant, collaboration });
  });

program
  .command('sandbox')
  .description('play a platform on this machine, such as xandr, meta, s3 or sftp')
  .argument('<kind>')
  .option('--port <number>', 'port to listen on; any free one without it', '0')
  .action(async (kind: string, { port }: { port: string }) => {
    const { runSandbox } = await import('./commands/sandbox.ts');
    await runSandbox(kind, { port: Number(port) });
  });

program
  .command('connectors')
  .description('for those who write destinations')
  .command('new')
  .description('write the folder of a new destination, which passes the conformance suite as it stands')
  .argument('<name>', 'lower-case words parted by dashes')
  .option('--folder <folder>', 'the connectors folder of a checkout', 'connectors')
  .action(async (name: string, { folder }: { folder: string }) => {
    const { runConnectorsNew } = await import('./commands/connectors-new.ts');
    await runConnectorsNew(name, { folder });
  });

program
  .command('witness')
  .description(
    'cosign checkpoints of audit logs, on another machine than the service, with a folder and a key of its own',
  )
  .requiredOption('--name <name>', 'of the witness, such as witness.example.com/w1')
  .requiredOption('--log <key...>', 'verifier key of a log (GET /v1/audit/key shows it); several for several logs')
  .option('--dir <folder>', 'its own folder: key, newest checkpoints, rollbacks', './ecluse-witness')
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--port <number>', 'port to listen on; 0 picks a free one', '8090')
  .action(async (flags: WitnessFlags) => {
    const { runWitness } = await import('./commands/witness.ts');
    await runWitness(flags);
  });

program
  .command('analyses')
  .description('reviewed questions to a running service')
  .command('run')
  .description('ask a question and print its answer as a table')
  .argument('<analysis>', 'overlap, profile, reach-frequency, conversion, attribution or segment-size')
  .requiredOption('--collaboration <id>', 'where to ask')
  .option('--match <id>', 'what to ask of')
  .option('--question <file>', 'the other fields of the question as JSON; - is standard input')
  .option('--dry-run', 'tell what it would cost and whether it is allowed; nothing is counted', false)
  .option('--json', 'print JSON', false)
  .option('--url <url>', 'the service; ECLUSE_URL without it')
  .option('--api-key-file <file>', 'file with the API key; ECLUSE_API_KEY without it')
  .action(async (analysis: string, flags: AnalysesRunFlags) => {
    const { runAnalysis } = await import('./commands/analyses-run.ts');
    await runAnalysis(analysis, flags, { env: process.env, write: (text) => process.stdout.write(text) });
  });

program
  .command('destinations')
  .description('where audiences go')
  .command('audiences')
  .description('list the audiences of the platform of a destination, and choose or make the one that is filled')
  .argument('<destination>', 'its id')
  .option('--choose <id>', "the platform's id of an audience that is there")
  .option('--make <name>', 'take the audience of this name, made where there is none')
  .option('--json', 'print JSON', false)
  .option('--url <url>', 'the service; ECLUSE_URL without it')
  .option('--api-key-file <file>', 'file with the API key; ECLUSE_API_KEY without it')
  .action(async (destination: string, flags: DestinationAudiencesFlags) => {
    const { showAudiences } = await import('./commands/destination-audiences.ts');
    await showAudiences(destination, flags, { env: process.env, write: (text) => process.stdout.write(text) });
  });

program
  .command('consents')
  .description('grant or withdraw consent of single persons')
  .argument('<action>', 'grant or withdraw')
  .argument('<file>', 'one salted digest, or with --dataset one record id, a line; - is standard input')
  .option('--dataset <id>', 'the file holds record ids of this dataset')
  .option('--purposes <words>', 'parted by commas; of a withdrawal, all without it')
  .option('--destinations <kinds>', 'parted by commas; of a withdrawal, all without it')
  .option('--text <file>', 'the text that was shown, of which the SHA-256 is recorded')
  .option('--source <words>', 'where it was obtained, such as a form')
  .option('--obtained-at <instant>', 'when they agreed')
  .option('--expires-at <instant>', 'when it ends')
  .option('--withdrawn-at <instant>', 'when they took it back; now without it')
  .option('--json', 'print JSON', false)
  .option('--url <url>', 'the service; ECLUSE_URL without it')
  .option('--api-key-file <file>', 'file with the API key; ECLUSE_API_KEY without it')
  .action(async (action: string, file: string, flags: ConsentsFlags) => {
    const { changeConsents } = await import('./commands/consents.ts');
    await changeConsents({ action, file }, flags, {
      env: process.env,
      write: (text) => process.stdout.write(text),
      progress: (text) => process.stderr.write(text),
    });
  });

const audit = program.command('audit').description('the audit log');

command('fsck', 'recompute the audit log and name the first broken index', audit)
  .addOption(new Option('--json', 'print one JSON object'))
  .addOption(new Option('--kept <file...>', 'checkpoints kept elsewhere, that the log must still agree with'))
  .action(async (flags) => {
    const { json, kept, ...settings } = flags;
    const { auditFsck } = await import('./commands/audit-fsck.ts');
    await auditFsck(configOf(settings), { json: json !== undefined, keptFiles: kept ?? [] });
  });

command('export', 'write events as NDJSON to standard output: the whole log, or what the options narrow it to', audit)
  .addOption(new Option('--tenant <id>', "one tenant's events; everyone's without it"))
  .addOption(new Option('--since <instant>', 'from this instant or day (UTC) on'))
  .addOption(new Option('--until <instant>', 'before this instant or day (UTC)'))
  .addOption(new Option('--event <name>', 'name of the event'))
  .addOption(new Option('--subject <id>', 'what it is about'))
  .addOption(new Option('--actor <id>', 'who did it'))
  .addOption(new Option('--outcome <word>').choices(['allowed', 'denied', 'succeeded', 'failed']))
  .action(async (flags) => {
    const { tenant, since, until, event, subject, actor, outcome, ...settings } = flags;
    const { auditExport } = await import('./commands/audit-export.ts');
    await auditExport(configOf(settings), { tenant, since, until, event, subject, actor, outcome });
  });

command(
  'sign-rollback',
  'after a restore from an older backup: say in the log what it lost, so that releases go on',
  audit,
)
  .addOption(new Option('--kept <file...>', 'checkpoints kept elsewhere, where no witness can tell'))
  .addOption(new Option('--reference <ticket>', 'name of the ticket about it'))
  .addOption(new Option('--yes', 'sign; without it only what would be signed is told'))
  .action(async (flags) => {
    const { kept, reference, yes, ...settings } = flags;
    const { auditSignRollback } = await import('./commands/audit-sign-rollback.ts');
    await auditSignRollback(configOf(settings), { keptFiles: kept ?? [], reference, yes: yes !== undefined });
  });

try {
  await program.parseAsync();
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`ecluse: ${text}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}

function command(name: string, description: string, parent: Command = program): Command {
  const made = parent.command(name).description(description);
  for (const setting of SETTINGS) {
    made.addOption(new Option(`--${setting.flag} <value>`, `${setting.description} (${setting.variable})`));
  }
  return made;
}

/** commander names a flag by camel case; settings are named otherwise only where the variable is. */
function configOf(flags: Record<string, string>): Config {
  const named = Object.fromEntries(SETTINGS.map(({ name, flag }) => [name, flags[camelCase(flag)]]));
  return readConfig({ flags: named, env: process.env });
}

function camelCase(flag: string): string {
  return flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

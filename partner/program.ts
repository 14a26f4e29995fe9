// The command line as commander declares it, and the one place where results and errors become output and exit codes.
// Commands are imported when they are called, so that --help and --version answer at once.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { CommandError, interrupted } from './command-error.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { declareAudit, declareEvidence } from './program-audit.ts';
import { declareRights } from './program-rights.ts';
import { PROGRESS_STYLES } from './progress.ts';
import type { CommandResult, Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** Runs one command line; answers the exit code and never throws. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const json = argv.includes('--json');
  let result: CommandResult | undefined;
  try {
    const program = declare(terminal, json, (made) => {
      result = made;
    });
    await program.parseAsync([...argv], { from: 'user' });
    if (result === undefined) return EXIT.ok;
    const text = json ? JSON.stringify(result.result) : result.text;
    if (text !== '') await written(terminal, `${text}\n`, outputIsData(result) && !json);
    return result.exitCode;
  } catch (error) {
    return tell(error, terminal, json);
  }
}

/** When the hashed rows went to standard output, the summary goes to standard error. */
function outputIsData({ result }: CommandResult): boolean {
  const files = (result as { files?: { output?: string } }).files;
  return files?.output === '-';
}

function written(terminal: Terminal, text: string, toStderr: boolean): Promise<void> {
  const stream = toStderr ? terminal.stderr : terminal.stdout;
  return new Promise((resolve) => stream.write(text, () => resolve()));
}

async function tell(error: unknown, terminal: Terminal, json: boolean): Promise<ExitCode> {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok;
    const usage = new CommandError('usage', error.message.replace(/^error: /, ''));
    if (json) await written(terminal, `${JSON.stringify({ error: usage })}\n`, false);
    return EXIT.usage; // commander has written the message
  }
  const failure = terminal.signal.aborted ? interrupted() : commandErrorOf(error);
  if (json) await written(terminal, `${JSON.stringify({ error: failure })}\n`, false);
  const { hint, issues = [] } = failure.detail;
  const lines = [
    `error: ${failure.message}`,
    ...issues.map((issue) => `  ${issue.pointer || '/'}: ${issue.message} (${issue.hint})`),
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
  ];
  await written(terminal, `${lines.join('\n')}\n`, true);
  return failure.exitCode;
}

/** An unforeseen error's own message may quote data, so only its name and place are told. */
function commandErrorOf(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  const name = error instanceof Error ? error.name : 'unknown';
  const at =
    error instanceof Error ? error.stack?.split('\n').find((line) => line.trim().startsWith('at ')) : undefined;
  return new CommandError('internal', `an internal error (${name})`, {
    cause: error,
    ...(at === undefined ? {} : { hint: at.trim() }),
  });
}

function declare(terminal: Terminal, json: boolean, done: (result: CommandResult) => void): Command {
  const program = new Command('ecluse-partner')
    .description('Hash, preview, upload and verify customer files on your own machine.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
    })
    .showHelpAfterError('(add --help for the options)');
  if (json) program.configureOutput({ writeErr: () => {} });
  declareHash(program, terminal, done);
  declarePreview(program, terminal, done);
  declareUpload(program, terminal, done);
  declareVerify(program, done);
  declareAudit(program, terminal, done);
  declareEvidence(program, terminal, done);
  declareRights(program, terminal, done);
  withJson(program.command('keygen'))
    .description('make an X25519 key pair for sealed ids')
    .option('-o, --output <stem>', 'the files are <stem>.private.json and <stem>.public.json', 'ecluse-key')
    .action(async (options) => {
      const { keygenCommand } = await import('./commands/keygen.ts');
      done(await keygenCommand(options));
    });
  return program;
}

type Done = (result: CommandResult) => void;

function declareHash(program: Command, terminal: Terminal, done: Done): void {
  withJson(program.command('hash'))
    .description('turn a CSV file of people into the same file of salted digests')
    .argument('[file]', 'CSV file (plain, gzip or zstd), "-" for standard input')
    .option('-s, --schema <file>', 'dataset schema (JSON)')
    .option('--salt-file <file>', 'file with the salt; else ECLUSE_SALT, else a prompt')
    .option('-o, --output <file>', 'hashed file; "-" for standard output (default: <file>.hashed.csv)')
    .option('--rejects <file>', 'list of row, field and code (default: <output>.rejects.csv)')
    .option('--egress-key <file>', "the service's public key, for sealed ids")
    .option('--leave-out <column>', 'column that does not get into the hashed file (repeatable)', gathered, [])
    .option('--workers <n>', 'threads (default: one for each core)', wholeNumber)
    .option('--explain <type>', 'read one value from standard input and show every step')
    .option('--default-country <code>', 'with --explain: country of numbers without a calling code')
    .addOption(progressOption())
    .action(async (file, options) => {
      if (options.explain !== undefined) {
        if (file !== undefined && file !== '-')
          throw new CommandError('usage', '--explain reads standard input, not a file');
        const { explainCommand } = await import('./commands/explain.ts');
        return done(await explainCommand(options, terminal));
      }
      if (file === undefined) throw new CommandError('usage', 'hash needs a file', { hint: '"-" is standard input' });
      if (options.defaultCountry !== undefined) {
        throw new CommandError('usage', '--default-country goes with --explain', {
          hint: 'a file has it in its schema',
        });
      }
      const { hashCommand } = await import('./commands/hash.ts');
      done(await hashCommand(file, options, terminal));
    });
}

function declarePreview(program: Command, terminal: Terminal, done: Done): void {
  withJson(program.command('preview'))
    .description('show the first 20 rows: column, type, normalised, first 8 hexadecimal digits')
    .argument('<file>', 'CSV file, "-" for standard input')
    .requiredOption('-s, --schema <file>', 'dataset schema (JSON)')
    .option('--salt-file <file>', 'file with the salt; else ECLUSE_SALT, else a prompt')
    .option('--leave-out <column>', 'column that does not get into the hashed file (repeatable)', gathered, [])
    .action(async (file, options) => {
      const { previewCommand } = await import('./commands/preview.ts');
      done(await previewCommand(file, options, terminal));
    });
}

function declareUpload(program: Command, terminal: Terminal, done: Done): void {
  withJson(program.command('upload'))
    .description('upload a hashed file; resumes after a cut or Ctrl-C when run again')
    .argument('<file>', 'hashed file')
    .option('--url <url>', 'the service; else ECLUSE_URL')
    .requiredOption('-d, --dataset <id>', 'dataset the file belongs to')
    .option('--api-key-file <file>', 'file with the API key; else ECLUSE_API_KEY, else a prompt')
    .addOption(
      new Option('--load <mode>', 'load the file afterwards and follow the job').choices([
        'replace',
        'upsert',
        'delete',
      ]),
    )
    .option('--sealed-key <file>', 'sealed file key (default: <file>.key.json where it exists)')
    .option('--restart', 'forget an upload that was begun')
    .addOption(progressOption())
    .action(async (file, options) => {
      const { uploadCommand } = await import('./commands/upload.ts');
      done(await uploadCommand(file, options, terminal));
    });
}

function declareVerify(program: Command, done: Done): void {
  withJson(program.command('verify'))
    .description('check a receipt (.tlog-proof), a checkpoint or a whole exported log offline')
    .argument('<file>', 'receipt, checkpoint, or with --checkpoint an export of the whole log (NDJSON)')
    .option('-k, --key <key>', 'verifier key name+hex+base64, of the log or a witness (repeatable)', gathered, [])
    .option('--key-file <file>', 'file of verifier keys, one a line')
    .option('--origin <name>', "the log's origin, where it is not the key's name")
    .option('--policy <file>', 'C2SP witness policy: who must have cosigned; its keys are trusted')
    .option('--checkpoint <file>', 'with an exported log: the checkpoint that it must be whole against')
    .option('--kept <file>', 'with --checkpoint: a checkpoint kept from earlier (repeatable)', gathered, [])
    .option('--event <file>', 'the event (JSON) that the receipt must be about')
    .option('--since <file>', 'an older checkpoint: check that the log only grew since')
    .option('--proof <file>', 'with --since: consistency proof, one base64 hash a line')
    .action(async (file, options) => {
      const { verifyCommand } = await import('./commands/verify.ts');
      done(await verifyCommand(file, options));
    });
}

function withJson(command: Command): Command {
  return command
    .option('--json', 'print one JSON object on standard output and nothing else')
    .allowExcessArguments(false);
}

function progressOption(): Option {
  return new Option('--progress <style>', 'progress on standard error').choices([...PROGRESS_STYLES]).default('auto');
}

function gathered(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 64)
    throw new InvalidArgumentError('a whole number from 1 to 64');
  return number;
}

// The commands that answer a person's request, as commander declares them.
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandResult, Terminal } from './terminal.ts';

export function declareRights(program: Command, terminal: Terminal, done: (result: CommandResult) => void): void {
  declareAccess(program, terminal, done);
  personList(
    program.command('erase'),
    'erase the persons of a list: hashed here, erased there, and told when it is done',
  )
    .option('--reference <text>', 'the number of the request in your own system; no name, no address')
    .option('--received-at <day>', 'when the person asked; today without it')
    .option('--due-in-days <n>', 'days from then until it must be done (default: 30)', wholeNumber)
    .option('--max-persons <n>', 'how many persons of one dataset may be meant at the most', wholeNumber)
    .option('--no-wait', 'do not wait until it is done')
    .addOption(
      new Option('--drop <list>', "the file is a list of California's deletion platform").choices([
        ...['email', 'phone', 'maid', 'ctv-id', 'ndz', 'name-vin'],
      ]),
    )
    .option('--answer <file>', 'with --drop: write the file to upload there, ID and status')
    .action(async (file, options) => {
      if (options.drop !== undefined) {
        const { eraseDropCommand } = await import('./commands/erase-drop.ts');
        return done(await eraseDropCommand(file, options, terminal));
      }
      const { eraseCommand } = await import('./commands/erase.ts');
      done(await eraseCommand(file, options, terminal));
    });
}

function declareAccess(program: Command, terminal: Terminal, done: (result: CommandResult) => void): void {
  personList(
    program.command('access'),
    'write down what the service holds of one person: named and hashed here, gathered there',
  )
    .requiredOption('-o, --out <file>', 'where the answer goes; it holds the person’s values')
    .option('--reference <text>', 'the number of the request in your own system; no name, no address')
    .option('--received-at <day>', 'when the person asked; today without it')
    .option('--due-in-days <n>', 'days from then until it must be answered (default: 30)', wholeNumber)
    .option('--max-persons <n>', 'as how many persons of one dataset they may stand there (default: 5)', wholeNumber)
    .action(async (file, options) => {
      const { accessCommand } = await import('./commands/access.ts');
      done(await accessCommand(file, options, terminal));
    });
}

/** The columns of the list are called after what they hold. */
function personList(command: Command, description: string): Command {
  return command
    .description(description)
    .argument('<file>', 'CSV with columns such as email, phone, record-id; "-" for standard input')
    .option('-d, --dataset <id>', 'dataset of the record ids')
    .option('--default-country <code>', 'country of telephone numbers without a calling code')
    .option('--url <url>', 'the service; else ECLUSE_URL')
    .option('--api-key-file <file>', 'file with the API key; else ECLUSE_API_KEY, else a prompt')
    .option('--json', 'print one JSON object on standard output and nothing else')
    .allowExcessArguments(false);
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('a whole number from 1');
  return number;
}

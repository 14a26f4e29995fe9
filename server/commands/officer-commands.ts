// The commands `ecluse policies …`, and those of the recipient of a key export.
import type { Command } from 'commander';
import type { PolicyEditFlags, PolicyProposalFlags } from './policies.ts';

const given = { env: process.env, write: (text: string) => void process.stdout.write(text) };

export function addPolicyCommands(program: Command): void {
  const policies = program.command('policies').description('the policies of a running service');
  atService(editing(policies.command('check')))
    .description('try a change on the scenarios and on earlier decisions; nothing is stored')
    .action(async (flags: PolicyEditFlags) => {
      const { checkPolicies } = await import('./policies.ts');
      await checkPolicies(flags, given);
    });
  atService(editing(policies.command('propose')))
    .description('propose a change; a second person is asked')
    .requiredOption('--comment <text>', 'why; the second person reads it')
    .option('--may-allow-more <id...>', 'policies that may allow more than before, named on purpose')
    .action(async (flags: PolicyProposalFlags) => {
      const { proposePolicies } = await import('./policies.ts');
      await proposePolicies(flags, given);
    });
  atService(policies.command('history'))
    .description('versions, the newest first')
    .option('--of <service|tenant>', "whose; the own tenant's without it")
    .action(async (flags) => {
      const { listPolicyVersions } = await import('./policies.ts');
      await listPolicyVersions(flags, given);
    });
  atService(policies.command('show'))
    .description('print the policies in force, or those of a hash that a decision names')
    .argument('[hash]')
    .action(async (hash: string | undefined, flags) => {
      const { showPolicies } = await import('./policies.ts');
      await showPolicies(hash, flags, given);
    });
}

export function addEscrowCommands(keys: Command): void {
  keys
    .command('escrow-key')
    .description('make the pair of keys of somebody who keeps exported keys; needs no service')
    .requiredOption('--private-key-file <file>', 'new file for the private key')
    .action(async ({ privateKeyFile }: { privateKeyFile: string }) => {
      const { makeEscrowKey } = await import('./key-escrow.ts');
      await makeEscrowKey(privateKeyFile, given.write);
    });
  keys
    .command('open-export')
    .description('open a collected export; needs no service')
    .argument('<file>', 'what collecting answered')
    .requiredOption('--private-key-file <file>', 'the private key')
    .action(async (file: string, { privateKeyFile }: { privateKeyFile: string }) => {
      const { openExport } = await import('./key-escrow.ts');
      await openExport(file, { privateKeyFile, write: given.write });
    });
}

function editing(command: Command): Command {
  return command
    .option('--file <cedar...>', 'policies to add or to put in the place of those of their ids; a folder too')
    .option('--remove <id...>', 'policies that go');
}

export function atService(command: Command): Command {
  return command
    .option('--json', 'print JSON', false)
    .option('--url <url>', 'the service; ECLUSE_URL without it')
    .option('--api-key-file <file>', 'file with the API key; ECLUSE_API_KEY without it');
}

// `hash --explain <type>`: one value from standard input, and every step from raw to digest. For the owner's eyes: it shows the value.
import { isCountry } from '../../identifiers/country.ts';
import { IDENTIFIER_TYPES, isIdentifierType, normalise } from '../../identifiers/identifier.ts';
import { saltedDigest } from '../../identifiers/salted-digest.ts';
import { CommandError, interrupted } from '../command-error.ts';
import { EXIT } from '../exit-code.ts';
import { MAX_EXPLAIN_BYTES } from '../limits.ts';
import { readSchemaFile } from '../schema-file.ts';
import { findSecret } from '../secrets.ts';
import type { CommandResult, JsonFlag, Terminal } from '../terminal.ts';
import { SALT } from './hash.ts';

export interface ExplainOptions extends JsonFlag {
  readonly explain: string;
  readonly saltFile?: string;
  readonly schema?: string;
  readonly defaultCountry?: string;
}

interface ExplainedStep {
  readonly step: string;
  readonly value: string;
}

export async function explainCommand(options: ExplainOptions, terminal: Terminal): Promise<CommandResult> {
  const type = options.explain;
  if (!isIdentifierType(type)) {
    throw new CommandError('usage', 'unknown identifier type', { hint: `one of ${IDENTIFIER_TYPES.join(', ')}` });
  }
  const defaultCountry = await countryOf(options);
  const salt = await findSecret(
    { ...SALT, ...(options.saltFile === undefined ? {} : { file: options.saltFile }) },
    terminal,
  );
  const raw = await readValue(terminal);
  const steps: ExplainedStep[] = [{ step: 'read', value: raw }];
  const normalised = normalise(type, raw, {
    ...(defaultCountry === undefined ? {} : { defaultCountry }),
    trace: (step, value) => steps.push({ step, value }),
  });
  if (!normalised.ok) {
    const { code, hint } = normalised;
    return {
      result: { type, ok: false, steps, code, hint },
      text: `${table(steps)}\nrejected: ${code} (${hint})`,
      exitCode: EXIT.someRowsRejected,
    };
  }
  const value = normalised.value.reveal();
  steps.push({ step: 'normalised', value }, { step: 'hashed text', value: `<salt>:${type}:${value}` });
  const digest = salt === undefined ? undefined : saltedDigest({ salt, type, normalised: value });
  if (digest !== undefined) steps.push({ step: 'SHA-256, hex', value: digest });
  const hint = digest === undefined ? '\nno salt was given: add --salt-file to see the digest' : '';
  return {
    result: { type, ok: true, steps, normalised: value, ...(digest === undefined ? {} : { digest }) },
    text: table(steps) + hint,
    exitCode: EXIT.ok,
  };
}

async function countryOf(options: ExplainOptions): Promise<string | undefined> {
  const country = options.defaultCountry?.toUpperCase();
  if (country === undefined)
    return options.schema === undefined ? undefined : (await readSchemaFile(options.schema)).defaultCountry;
  if (!isCountry(country))
    throw new CommandError('usage', '--default-country is not a country code', { hint: 'such as FR' });
  return country;
}

async function readValue(terminal: Terminal): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  if (terminal.stdin.isTTY) terminal.stderr.write('Type one value, then Enter and Ctrl-D:\n');
  terminal.signal.addEventListener('abort', () => terminal.stdin.destroy(interrupted()), { once: true });
  for await (const part of terminal.stdin) {
    parts.push(Buffer.from(part as Uint8Array));
    size += (part as Uint8Array).length;
    if (size > MAX_EXPLAIN_BYTES) throw new CommandError('usage', `a value has at most ${MAX_EXPLAIN_BYTES} bytes`);
  }
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

function table(steps: readonly ExplainedStep[]): string {
  const width = Math.max(...steps.map(({ step }) => step.length));
  return steps.map(({ step, value }) => `${step.padEnd(width)}  ${JSON.stringify(value)}`).join('\n');
}

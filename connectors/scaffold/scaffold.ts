// Writes the folder of a new destination: a declaration, pure payload, client, strict sandbox, fixtures, README and the
// conformance suite, which it passes as it stands. What remains is to say what the platform really speaks.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const TEMPLATES = new URL('templates/', import.meta.url);

export class ScaffoldError extends Error {}

export interface Scaffolded {
  readonly files: readonly string[];
  /** What a person adds by hand, and where. */
  readonly next: readonly string[];
}

/** `kind` is kebab-case. Throws ScaffoldError for another form, or where the folder is there already. */
export async function scaffoldDestination(connectorsFolder: string, kind: string): Promise<Scaffolded> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(kind) || kind.length > 40) {
    throw new ScaffoldError(
      `${kind} is no name of a destination: lower-case words of letters and digits, parted by dashes`,
    );
  }
  const folder = join(connectorsFolder, kind);
  if (await readdir(folder).then(Boolean, () => false)) {
    throw new ScaffoldError(`${folder} is there already; choose another name or remove it`);
  }
  const names = namesOf(kind);
  const files: string[] = [];
  for (const template of (await readdir(TEMPLATES)).sort()) {
    const text = await readFile(new URL(template, TEMPLATES), 'utf8');
    const path = join(folder, fileNameOf(template.replace(/\.txt$/, ''), kind));
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, filledIn(text, names), { flag: 'wx' });
    files.push(path);
  }
  return { files, next: nextSteps(kind, names) };
}

interface Names {
  readonly kind: string;
  /** Of a constant. */
  readonly name: string;
  /** Of a type. */
  readonly Name: string;
  /** As people read it. */
  readonly Title: string;
}

function namesOf(kind: string): Names {
  const words = kind.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const Name = words.join('');
  return { kind, Name, name: Name.charAt(0).toLowerCase() + Name.slice(1), Title: words.join(' ') };
}

const filledIn = (text: string, { kind, name, Name, Title }: Names): string =>
  text
    .replaceAll('__kind__', kind)
    .replaceAll('__name__', name)
    .replaceAll('__Name__', Name)
    .replaceAll('__Title__', Title);

function fileNameOf(template: string, kind: string): string {
  if (template === 'test.ts') return `${kind}.test.ts`;
  return template === 'fixture.json' ? 'fixtures/add-and-remove.json' : template;
}

function nextSteps(kind: string, { name, Name }: Names): string[] {
  return [
    `npx vitest run --project unit connectors/${kind}   passes as it stands; keep it so`,
    `connectors/registry.ts            import { ${name} } from './${kind}/destination.ts', and list it`,
    `connectors/sandbox-registry.ts    import { start${Name}Sandbox } from './${kind}/sandbox.ts', and start it`,
    `connectors/README.md              a line in the table`,
    `connectors/${kind}/README.md      credentials, what is sent, limits, removal, consent, sources`,
  ];
}

// Builds the partner's command line into one file with nothing installed beside it. The service wants Node 24;
// a partner's machine is not ours to choose, so this runs on Node 20 as well.
import { chmod, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const OUTPUT = new URL('../dist/ecluse-partner.mjs', import.meta.url);

export async function buildPartner(outfile: string): Promise<{ bytes: number; inputs: Record<string, number> }> {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL('./cli.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    minify: true,
    metafile: true,
    legalComments: 'none',
    mainFields: ['module', 'main'],
    // Packages in CommonJS inside call require for Node's own modules.
    banner: {
      js: "import{createRequire as ecluseRequire}from'node:module';const require=ecluseRequire(import.meta.url);",
    },
  });
  await chmod(outfile, 0o755);
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.fromEntries(
    Object.entries(output!.inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput]),
  );
  return { bytes: (await stat(outfile)).size, inputs };
}

if (import.meta.main) {
  const { bytes } = await buildPartner(fileURLToPath(OUTPUT));
  process.stdout.write(`dist/ecluse-partner.mjs ${Math.round(bytes / 1000)} kB\n`);
}

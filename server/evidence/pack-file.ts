// A pack as bytes: the manifest that names and hashes every file, and a ZIP of which every byte is content of a file or
// determined by names and contents, so that the verifiers find any that was changed.
import { createHash } from 'node:crypto';
import { type Zippable, zipSync } from 'fflate';
import { canonicalJson, type JsonObject } from '../../audit/canonical-json.ts';

/** By path, with forward slashes. */
export type PackFiles = Map<string, string>;

export const MANIFEST = 'manifest.json';

/** Canonical JSON, so that its hash is one. */
export function manifestText(about: JsonObject, files: PackFiles): string {
  const listed = [...files].map(([path, content]) => {
    const bytes = Buffer.from(content);
    return [path, { bytes: bytes.length, sha256: sha256Hex(bytes) }] as const;
  });
  return canonicalJson({ format: 'ecluse-evidence/v1', ...about, files: Object.fromEntries(listed) });
}

export function sha256Hex(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

// The earliest time that a ZIP can name: when a pack was made stands in its manifest.
const NO_TIME = new Date(1980, 0, 1);

/** Stored, not compressed: one content has many compressed forms, and a verifier could not tell which was ours. */
export function zipOf(files: PackFiles): Uint8Array {
  const sorted = [...files].sort(([left], [right]) => (left < right ? -1 : 1));
  const entries = sorted.map(
    ([path, content]) => [path, [Buffer.from(content), { mtime: NO_TIME, level: 0 }]] as const,
  );
  return zipSync(Object.fromEntries(entries) as unknown as Zippable);
}

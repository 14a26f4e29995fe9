// Which files below a folder hold any of these byte strings, whatever their names.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export function filesHolding(folder: string, writings: readonly Buffer[]): { paths: string[]; found: string[] } {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const found = paths.filter((path) => {
    const bytes = readFileSync(path);
    return writings.some((writing) => bytes.includes(writing));
  });
  return { paths, found };
}

// sort and join of coreutils: rows numbered, sorted and joined by each digest, the pairs of both united.
import { execFileSync } from 'node:child_process';
import type { OnboardingFiles } from '../onboarding-files.ts';

export function joinByCoreutils(files: OnboardingFiles, folder: string): { seconds: number; version: string } {
  const started = performance.now();
  const script = `set -e
export LC_ALL=C
for side in left right; do
  tail -n +2 "$1/$side.csv" | cut -d, -f1,2 | nl -w1 -s, > "$1/$side.numbered"
  sort -t, -k2,2 -S 25% "$1/$side.numbered" > "$1/$side.email"
  sort -t, -k3,3 -S 25% "$1/$side.numbered" > "$1/$side.phone"
done
{ join -t, -1 2 -2 2 -o 1.1,2.1 "$1/left.email" "$1/right.email"
  join -t, -1 3 -2 3 -o 1.1,2.1 "$1/left.phone" "$1/right.phone"; } | sort -u -S 25% | wc -l`;
  const pairs = Number(execFileSync('bash', ['-c', script, 'join', folder], { encoding: 'utf8' }));
  const seconds = (performance.now() - started) / 1000;
  if (pairs !== files.truth.pairs) throw new Error(`join found ${pairs} pairs, ${files.truth.pairs} are true`);
  const version = execFileSync('sort', ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? '';
  return { seconds, version: version.replace(/^.* /, '') };
}

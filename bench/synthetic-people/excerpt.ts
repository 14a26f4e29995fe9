// The excerpt of a file that examples/ holds: its header and first rows.

export const EXCERPT_ROWS = 50;

/** No generated cell holds a line feed, so lines are rows. */
export function excerpt(csv: string, rows: number): string {
  return `${csv.split('\n', rows + 1).join('\n')}\n`;
}

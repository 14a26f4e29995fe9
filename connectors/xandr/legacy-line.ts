// One line of Xandr's legacy BSS file: UID SEP1 SEG (SEP2 SEG)* [SEP4 SEG (SEP2 SEG)*] [SEP5 DOMAIN], SEG = FIELD (SEP3 FIELD)*.
// Facts: learn.microsoft.com/xandr, "Legacy BSS file format". The layout is agreed with the platform for each member.

export const SEGMENT_FIELDS = ['SEG_ID', 'SEG_CODE', 'EXPIRATION', 'TIMESTAMP', 'VALUE', 'MEMBER_ID'] as const;
export type SegmentField = (typeof SEGMENT_FIELDS)[number];

/** Separators 1 to 5 in order. */
export type Separators = readonly [string, string, string, string, string];
export interface LineLayout {
  readonly separators: Separators;
  readonly fields: readonly SegmentField[];
}

export interface SegmentEntry {
  readonly SEG_ID?: number;
  readonly SEG_CODE?: string;
  /** Minutes; 0 is the platform's longest (180 days), -1 removes. */
  readonly EXPIRATION?: number;
  /** Unix seconds. */
  readonly TIMESTAMP?: number;
  readonly VALUE?: number;
  readonly MEMBER_ID?: number;
}

export interface LineUser {
  readonly uid: string;
  readonly segments: readonly SegmentEntry[];
  /** Written after separator 4. */
  readonly removals?: readonly SegmentEntry[];
  /** Written after separator 5; absent for Xandr's own ids. */
  readonly domain?: number;
}

/** Device id domains of the legacy file; 6 (sha1mac) is deprecated and left out. */
export const DEVICE_DOMAINS = {
  idfa: 3,
  sha1udid: 4,
  md5udid: 5,
  openudid: 7,
  aaid: 8,
  windowsadid: 9,
  rida: 10,
} as const;
export type DeviceDomain = keyof typeof DEVICE_DOMAINS;

/** Without the line break. Every segment is regular: a field without a value is 0. */
export function legacyLine(layout: LineLayout, user: LineUser): string {
  const [sep1, sep2, , sep4, sep5] = layout.separators;
  const write = (entries: readonly SegmentEntry[]): string =>
    entries.map((entry) => segmentText(layout, entry)).join(sep2);
  const removals = user.removals === undefined || user.removals.length === 0 ? '' : sep4 + write(user.removals);
  const domain = user.domain === undefined ? '' : `${sep5}${user.domain}`;
  return `${user.uid}${sep1}${write(user.segments)}${removals}${domain}`;
}

function segmentText({ separators, fields }: LineLayout, entry: SegmentEntry): string {
  return fields.map((field) => String(entry[field] ?? 0)).join(separators[2]);
}

const FORBIDDEN_SEPARATORS = '[](){}$\\/|?*+-';

/** Faults of a layout by the number of the separator (1 to 5), or 0 for the fields. */
export function layoutFaults({ separators, fields }: LineLayout): { at: number; message: string }[] {
  const faults: { at: number; message: string }[] = [];
  for (const [index, separator] of separators.entries()) {
    const at = index + 1;
    if (separator.length !== 1) faults.push({ at, message: 'is not one character' });
    else if (FORBIDDEN_SEPARATORS.includes(separator))
      faults.push({ at, message: 'is a character the platform forbids' });
    else if (/[\p{L}\p{N}\r\n]/u.test(separator) || separator.charCodeAt(0) > 0xff) {
      faults.push({ at, message: 'is a letter, a digit, a line break or outside Latin-1' });
    }
    const twin = separators.indexOf(separator);
    // Separators 1 and 3 alone may be the same: a line of one segment is then flat.
    if (twin < index && !(twin === 0 && index === 2))
      faults.push({ at, message: `is the same as separator ${twin + 1}` });
  }
  const named = Number(fields.includes('SEG_ID')) + Number(fields.includes('SEG_CODE'));
  if (named !== 1) faults.push({ at: 0, message: 'must hold SEG_ID or SEG_CODE, and not both' });
  return faults;
}

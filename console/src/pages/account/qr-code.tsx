// A text as a QR code, drawn as one path: nothing is fetched, and it is as sharp as the screen.
import qrcode from 'qrcode-generator';

/** Modules of white around it, as readers need (ISO/IEC 18004 asks for four). */
const MARGIN = 4;

export function QrCode({ text, label }: { text: string; label: string }) {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const whole = count + 2 * MARGIN;
  return (
    <svg class="qr" viewBox={`0 0 ${whole} ${whole}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect class="qr-ground" width={whole} height={whole} />
      <path class="qr-ink" d={pathOf((row, column) => code.isDark(row, column), count)} />
    </svg>
  );
}

/** A square for each dark module. */
export function pathOf(isDark: (row: number, column: number) => boolean, count: number): string {
  let path = '';
  for (let row = 0; row < count; row += 1)
    for (let column = 0; column < count; column += 1)
      if (isDark(row, column)) path += `M${column + MARGIN} ${row + MARGIN}h1v1h-1z`;
  return path;
}

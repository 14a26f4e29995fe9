// Colour for terminals that want it: never in a pipe, never against NO_COLOR (no-color.org).

export interface Palette {
  bold(text: string): string;
  dim(text: string): string;
  water(text: string): string;
  loss(text: string): string;
  good(text: string): string;
}

export function paletteFor(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): Palette {
  const coloured = env.FORCE_COLOR ? true : stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  const paint = (code: string) => (text: string) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { bold: paint('1'), dim: paint('2'), water: paint('36'), loss: paint('33'), good: paint('32') };
}

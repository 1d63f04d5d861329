/**
 * Widths of columns that would like `wanted` and share `available` characters: the narrow ones get
 * what they want, the others equal shares of the rest. Null if a column would get less than it
 * wants and less than `least`.
 */
export function columnWidths(
  wanted: readonly number[],
  available: number,
  least: number,
): number[] | null {
  const widths = [...wanted];
  const byWidth = wanted.map((width, column) => ({ width, column }));
  byWidth.sort((a, b) => a.width - b.width);
  let left = available;
  for (const [served, { width, column }] of byWidth.entries()) {
    const share = Math.floor(left / (wanted.length - served));
    const given = Math.min(width, share);
    if (given < width && given < least) return null;
    widths[column] = given;
    left -= given;
  }
  return widths;
}

/** `text` in lines of at most `width` characters, broken at spaces where there are any. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

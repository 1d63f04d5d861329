// Numbers as the demo prints them.

/** `12345678` as `12,345,678`. */
export function grouped(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** A duration in the two units that fit it: `1 h 12 min`, `10 min 29 s`, `8.5 s`. */
export function duration(forS: number): string {
  if (forS < 60) return `${Math.round(forS * 10) / 10} s`;
  const wholeS = Math.round(forS);
  if (wholeS < 3600) return `${Math.floor(wholeS / 60)} min ${wholeS % 60} s`;
  const wholeMin = Math.round(wholeS / 60);
  return `${Math.floor(wholeMin / 60)} h ${wholeMin % 60} min`;
}

/** Lines of `label  value`, the values below one another. */
export function table(rows: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`).join("\n");
}

/** `text` moved to the right. */
export function indented(text: string): string {
  return text.trimEnd().replaceAll(/^(?=.)/gm, "  ");
}

/** The line that an act begins with, and a rule above it. */
export function title(act: number, shows: string): string {
  return `\n${"=".repeat(78)}\nAct ${act} shows that ${shows}\n`;
}

/**
 * A report without what differs from machine to machine: where the clone lies, which line it is, and
 * whether the host says "async" of a frame that an await brought back (browsers do, Vitest on Node does not).
 */
export function portable(report: string): string {
  const text = report.replaceAll(
    /(?:file:\/\/)?(?:[A-Z]:)?[^\s(]*[\\/]([\w.-]+\.ts)(?:\?[^\s:)]*)?:\d+:\d+/g,
    "$1:N:N",
  );
  return `${text.replaceAll(/\bat async /g, "at ")}\n`;
}

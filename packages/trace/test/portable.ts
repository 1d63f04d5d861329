/** A report without what differs from machine to machine: where the clone lies, and which line it is. */
export function portable(report: string): string {
  const text = report.replaceAll(
    /(?:file:\/\/)?(?:[A-Z]:)?[^\s(]*[\\/]([\w.-]+\.ts):\d+:\d+/g,
    "$1:N:N",
  );
  return `${text}\n`;
}

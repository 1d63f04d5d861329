/** What a fingerprint covers: the letters behind its digits. */
export function lettersOf(fingerprint: string): string {
  return fingerprint.slice(fingerprint.indexOf("/") + 1);
}

/**
 * The check at the end of the header: FNV-1a of 32 bits (Fowler, Noll, Vo) over the characters, which
 * are ASCII. Each step is a bijection of the state, so two texts of equal length that differ in one
 * character never agree. 8 hexadecimal digits.
 */
export function lineCheck(line: string): string {
  let state = 0x811c9dc5;
  for (let i = 0; i < line.length; i++) {
    state = Math.imul(state ^ line.charCodeAt(i), 0x01000193);
  }
  return (state >>> 0).toString(16).padStart(8, "0");
}

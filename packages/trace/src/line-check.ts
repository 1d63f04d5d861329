/**
 * A running 32-bit check over the lines of a trace file: FNV-1a (Fowler, Noll, Vo) over UTF-16 code
 * units. Each step is a bijection of the state, so two texts of equal length that differ in one
 * unit never agree; and as the state runs on, a line that is missing, doubled or moved is found at
 * the next line.
 */
export class LineCheck {
  #state = 0x811c9dc5;

  /** Takes in the next line and answers the check that stands at its end: 8 hexadecimal digits. */
  next(line: string): string {
    let state = this.#state;
    for (let i = 0; i < line.length; i++) {
      state = Math.imul(state ^ line.charCodeAt(i), 0x01000193);
    }
    this.#state = state;
    return (state >>> 0).toString(16).padStart(8, "0");
  }
}

/**
 * The options of a choice in the order of turns: the task that ran last (`turn`) goes on if it can, then
 * those made after it have their turns, then those made before it.
 */
export function turnOrder(turn: number, count: number, task: (index: number) => number): number[] {
  const place = (option: number): number => {
    const number = task(option);
    return number >= turn ? number : number + 2 ** 31;
  };
  const options = Array.from({ length: count }, (_, option) => option);
  return options.toSorted((a, b) => place(a) - place(b));
}

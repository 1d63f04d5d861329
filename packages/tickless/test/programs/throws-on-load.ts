if (Math.PI > 3) throw new Error("no such luck");

export default function main(): void {}

/**
 * Groups of calls, for `allow`: `timers`, `clocks`, `random` (`Math.random`), `crypto`, `weak`
 * (`WeakRef`, `FinalizationRegistry`), and of real I/O `network`, `dns`, `files`, `processes` and
 * `threads` (work that Node does in its pool of threads).
 *
 * @category Running
 */
export type GuardGroup =
  | "timers"
  | "clocks"
  | "random"
  | "crypto"
  | "weak"
  | "network"
  | "dns"
  | "files"
  | "processes"
  | "threads";

/** What there is to say about a call that only the host can answer. */
export interface Rule {
  readonly group: GuardGroup;
  /** What is wrong with it, as the end of a sentence that begins with the call. */
  readonly why: string;
  /** One line to write instead. */
  readonly instead: string;
}

const WHY: Readonly<Record<GuardGroup, string>> = {
  timers: "waits for real time, which does not move in a run",
  clocks: "reads the host's clock, which is another in every run",
  random: "takes chance from the host, which no seed controls",
  crypto: "takes chance from the host, which no seed controls",
  weak: "depends on when memory is freed, which is another time in every run",
  network: "is real I/O, which comes back at another time in every run",
  dns: "is real I/O, which comes back at another time in every run",
  files: "is real I/O, whose answer no replay knows",
  processes: "is real I/O, whose answer no replay knows",
  threads: "is work in another thread, which comes back at another time in every run",
};

export const groups: readonly GuardGroup[] = Object.keys(WHY) as GuardGroup[];

/** Those of real I/O. */
export const ioGroups: readonly GuardGroup[] = ["network", "dns", "files", "processes", "threads"];

/** What to write instead of one call. */
type Lines = Readonly<Record<string, string>>;

const CALL_LATER = "getRunningLoop().callLater(ms, callback);";
const WAIT = "await sleep(ms);";

const timers: Lines = {
  setTimeout: `${WAIT} // or ${CALL_LATER}`,
  "setTimeout of node:timers/promises": WAIT,
  "scheduler.wait": WAIT,
  setInterval: `for (;;) { ${WAIT} … }`,
  "setInterval of node:timers/promises": `for (;;) { ${WAIT} … }`,
  setImmediate: "getRunningLoop().callSoon(callback);",
  "setImmediate of node:timers/promises": "await sleep(0);",
  "scheduler.yield": "await sleep(0);",
  "AbortSignal.timeout": "await timeout(ms, async () => { … });",
  requestAnimationFrame: "getRunningLoop().callLater(1000 / 60, callback);",
  requestIdleCallback: "getRunningLoop().callSoon(callback);",
};

const NOW = "now()";

const clocks: Lines = {
  "Date.now": NOW,
  "new Date": "new Date(startMs + now())",
  Date: "new Date(startMs + now()).toString()",
  "performance.now": NOW,
  "performance.timeOrigin": "const startMs = 0; // a date that you choose",
  "process.hrtime": NOW,
  "process.hrtime.bigint": "BigInt(now() * 1e6)",
  "process.uptime": "now() / 1000",
  "process.cpuUsage": NOW,
  "os.uptime": "now() / 1000",
};

const draw = (name: string, method: string): string => `random("${name}")${method}`;
const BYTES = `Uint8Array.from({ length }, () => ${draw("bytes", ".int(0, 256)")})`;
const FILL = `bytes.set(bytes.map(() => ${draw("bytes", ".int(0, 256)")}));`;
const ID = `\`id-\${${draw("ids", ".int(0, 2 ** 48)")}}\``;

const chance: Lines = {
  "crypto.randomUUID": ID,
  "crypto.randomUUIDv7": ID,
  "crypto.randomBytes": BYTES,
  "crypto.randomInt": draw("numbers", ".int(min, max)"),
  "crypto.getRandomValues": FILL,
  "crypto.randomFill": FILL,
  "crypto.randomFillSync": FILL,
};

const KEYS = "const key = generateKeySync(…); await run(main); // before the run";
const KEEP = "const cache = new Map(); // strong references, deleted by hand";

/** The names of others follow their module. */
const prefixes: readonly (readonly [pattern: RegExp, group: GuardGroup, instead: string])[] = [
  [/^Temporal\.Now\./, "clocks", NOW],
  [/^(WeakRef|FinalizationRegistry)$/, "weak", KEEP],
  [/^crypto\.generate/, "crypto", KEYS],
  [/^fetch$/, "network", "await external(async () => (await fetch(url)).json());"],
  [
    /^(https?|http2|net|tls|dgram|WebSocket|EventSource|XMLHttpRequest|navigator)\b/,
    "network",
    "await external(() => theWholeExchange());",
  ],
  [/^dns\./, "dns", "await external(() => dns.promises.lookup(host));"],
  [/^fs\..*Sync$/, "files", "const data = readFileSync(path); await run(main); // before the run"],
  [/^fs\./, "files", 'await external(() => readFile(path, "utf8"));'],
  [/^child_process\..*Sync$/, "processes", "await external(() => execFileSync(file).toString());"],
  [/^child_process\./, "processes", "await external(() => promisify(execFile)(file, parameters));"],
  [/^(zlib|crypto)\./, "threads", "gzipSync(data) // the form that answers at once, as scryptSync"],
  [
    /^(Message|Broadcast)Channel$/,
    "threads",
    "const queue = new Queue(); await queue.put(message);",
  ],
  [/^Worker$/, "threads", "await external(() => answerOfTheWorker());"],
];

const tables: readonly (readonly [Lines, GuardGroup])[] = [
  [timers, "timers"],
  [clocks, "clocks"],
  [{ "Math.random": draw("name", "()") }, "random"],
  [chance, "crypto"],
];

const rules: ReadonlyMap<string, Rule> = new Map(
  tables.flatMap(([lines, group]) =>
    Object.entries(lines).map(([name, instead]): [string, Rule] => [
      name,
      { group, why: WHY[group], instead },
    ]),
  ),
);

/** The name of a call, without what makes it one: `fs.readFile` of `fs.readFile()`, `Date` of `new Date()`. */
export function nameOf(what: string): string {
  return what.replace(/^new /, "").replace(/(?:\(\)| of ).*$/, "");
}

/** What there is to say about a call such as `Date.now()`; null if nothing. */
export function ruleOf(what: string): Rule | null {
  const rule = rules.get(what.replace("()", ""));
  if (rule !== undefined) return rule;
  const name = nameOf(what);
  const found = prefixes.find(([pattern]) => pattern.test(name));
  if (found === undefined) return null;
  const [, group, instead] = found;
  return { group, why: WHY[group], instead };
}

/** Whether `allow` may name this: a group; a call; behind the name of a module only one of `hosts`, if they are known. */
export function isKnown(name: string, hosts: () => ReadonlySet<string> | null): boolean {
  if ((groups as readonly string[]).includes(name)) return true;
  if ([...rules.keys()].some((what) => nameOf(`${what}()`) === name)) return true;
  if (ruleOf(name) === null) return false;
  if (!name.includes(".") || name.startsWith("Temporal.")) return true;
  return hosts()?.has(name) ?? true;
}

import { loopOfCode, surroundingsOf } from "@tickless/core/kit";
import { Exchange, exchanged } from "./exchange.ts";
import { builtin, type Holder, home } from "./host.ts";
import { isHostsOwnCall } from "./caller.ts";
import { World } from "./world.ts";

type Constructor = new (...values: unknown[]) => object;

/** The world of the code that is calling `what`; null for code that is no part of a run. */
function worldOfCode(what: string): World | null {
  const loop = loopOfCode(what);
  const world = loop === null ? null : surroundingsOf(loop);
  return world instanceof World ? world : null;
}

/** The exchange of a function that stays what it is: whoever watches is told of calls. */
function told(holder: Holder | undefined, key: string, what: string): Exchange[] {
  return exchanged(holder, key, (real) => {
    return function told(this: unknown, ...given: unknown[]): unknown {
      const world = worldOfCode(what);
      if (world === null || isHostsOwnCall(told)) return real(this, given);
      world.hostCalls.tell(what);
      return world.hostCalls.within(() => real(this, given));
    };
  });
}

/** As `told`, for a class. */
function toldOfNew(holder: Holder | undefined, key: string): Exchange[] {
  if (typeof holder?.[key] !== "function") return [];
  const what = `new ${key}()`;
  const exchange = new Exchange(holder, key, (real, now) => {
    const proxy: object = new Proxy(now as Constructor, {
      construct(_, given, target): object {
        worldOfCode(what)?.hostCalls.tell(what);
        const theirs = real() as Constructor;
        return Reflect.construct(theirs, given, target === proxy ? theirs : target) as object;
      },
    });
    return { value: proxy };
  });
  return [exchange];
}

function all(holder: Holder | undefined, module: string, keys: readonly string[]): Exchange[] {
  return keys.flatMap((key) => told(holder, key, `${module}.${key}()`));
}

function prototypeOf(holder: Holder | undefined, name: string): Holder | undefined {
  return (holder?.[name] as { readonly prototype?: Holder } | undefined)?.prototype;
}

/** Names of a module's functions, but not of its classes, of what only computes, and of what only lets go. */
function functionsOf(holder: Holder | undefined, except: RegExp): string[] {
  if (holder === undefined) return [];
  return Object.keys(holder).filter(
    (key) => /^[a-z]/.test(key) && !except.test(key) && typeof holder[key] === "function",
  );
}

const net = builtin("node:net");
const http2 = builtin("node:http2");
const dns = builtin("node:dns");
const fs = builtin("node:fs");
const zlib = builtin("node:zlib");
const crypto = builtin("node:crypto");
const resolvers = [dns, dns?.["promises"] as Holder | undefined];

const network: readonly Exchange[] = [
  ...told(home, "fetch", "fetch()"),
  ...["WebSocket", "EventSource", "XMLHttpRequest"].flatMap((key) => toldOfNew(home, key)),
  ...["http", "https"].flatMap((name) => all(builtin(`node:${name}`), name, ["request", "get"])),
  ...all(http2, "http2", ["connect"]),
  ...all(net, "net", ["connect", "createConnection"]),
  ...all(builtin("node:tls"), "tls", ["connect"]),
  ...told(prototypeOf(net, "Socket"), "connect", "net.Socket.connect()"),
  ...told(prototypeOf(net, "Server"), "listen", "net.Server.listen()"),
  ...["bind", "connect", "send"].flatMap((key) =>
    told(prototypeOf(builtin("node:dgram"), "Socket"), key, `dgram.Socket.${key}()`),
  ),
];

const lookups: readonly Exchange[] = resolvers.flatMap((holder) => [
  ...all(holder, "dns", functionsOf(holder, /Servers$|^[gs]etDefault/)),
  ...["resolve", "reverse"].flatMap((key) =>
    told(prototypeOf(holder, "Resolver"), key, `dns.Resolver.${key}()`),
  ),
]);

// A file that is open was opened by one of these.
const files: readonly Exchange[] = [fs, fs?.["promises"] as Holder | undefined].flatMap((holder) =>
  all(holder, "fs", functionsOf(holder, /^f|^close|^unwatch|^_|^writev?Sync$/)),
);

const processes: readonly Exchange[] = all(
  builtin("node:child_process"),
  "child_process",
  functionsOf(builtin("node:child_process"), /^_/),
);

const threads: readonly Exchange[] = [
  ...toldOfNew(builtin("node:worker_threads"), "Worker"),
  ...toldOfNew(home, "Worker"),
  ...all(zlib, "zlib", functionsOf(zlib, /Sync$|^create|^crc32$/)),
  ...all(crypto, "crypto", ["pbkdf2", "scrypt", "hkdf", "checkPrime"]),
];

// Chance that makes keys: no stream could stand for it.
const keys: readonly Exchange[] = all(crypto, "crypto", [
  "generateKey",
  "generateKeySync",
  "generateKeyPair",
  "generateKeyPairSync",
  "generatePrime",
  "generatePrimeSync",
]);

const subtle = prototypeOf(home, "SubtleCrypto");

const weak: readonly Exchange[] = ["WeakRef", "FinalizationRegistry"].flatMap((key) =>
  toldOfNew(home, key),
);

/** Printing may read clocks and write files, on the account of whoever prints: a test runner's console does. */
function quiet(holder: Holder | undefined, key: string): Exchange[] {
  return exchanged(holder, key, (real) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      const world = worldOfCode(`console.${key}()`);
      const print = (): unknown => real(this, given);
      return world === null ? print() : world.hostCalls.within(print);
    };
  });
}

const console = home["console"] as Holder | undefined;

/** What a run has never of its own, in the order in which it is put in place: a guard sees calls of it. */
export const hostExchanges: readonly Exchange[] = [
  ...network,
  ...lookups,
  ...files,
  ...processes,
  ...threads,
  ...keys,
  ...functionsOf(subtle, /^constructor$/).flatMap((key) =>
    told(subtle, key, `crypto.subtle.${key}()`),
  ),
  ...weak,
  ...functionsOf(console, /^_/).flatMap((key) => quiet(console, key)),
];

import { currentTask } from "@tickless/core";
import { loopOfCode } from "@tickless/core/kit";
import { Exchange, exchanged } from "./exchange.ts";
import { builtin, type Holder, home, hostProcess, onNode } from "./host.ts";
import { isHostsOwnCall } from "./caller.ts";
import { nameOf } from "./rules.ts";
import { worldOf } from "./world.ts";

type Constructor = new (...values: unknown[]) => object;

/** What this host has of them, as `allow` names calls. */
const names = new Set<string>();

/** The exchange of a function that stays what it is: whoever watches is told of calls. */
function told(holder: Holder | undefined, key: string, what: string): Exchange[] {
  if (typeof holder?.[key] === "function") names.add(nameOf(what));
  return exchanged(holder, key, (real) => {
    return function replacement(this: unknown, ...given: unknown[]): unknown {
      const world = worldOf(loopOfCode(what));
      if (world === null || isHostsOwnCall(replacement)) return real(this, given);
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
        worldOf(loopOfCode(what))?.hostCalls.tell(what);
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

function methodsOf(holder: Holder | undefined): string[] {
  return holder === undefined
    ? []
    : Object.getOwnPropertyNames(holder).filter((key) => key !== "constructor");
}

/** Names of a module's functions, but not of its classes, of what only computes, and of what only lets go. */
function functionsOf(holder: Holder | undefined, except: RegExp): string[] {
  if (holder === undefined) return [];
  return Object.keys(holder).filter(
    (key) => /^[a-z]/.test(key) && !except.test(key) && typeof holder[key] === "function",
  );
}

/** Printing may read clocks and write files, on the account of whoever prints: a test runner's console does. */
function quiet(holder: Holder | undefined, key: string): Exchange[] {
  return exchanged(holder, key, (real) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      // A task may print wherever it is; `loopOfCode` would fail its run outside of its steps.
      const world = worldOf(currentTask()?.loop ?? loopOfCode(`console.${key}()`));
      const print = (): unknown => real(this, given);
      return world === null ? print() : world.hostCalls.within(print);
    };
  });
}

function network(): Exchange[] {
  const net = builtin("node:net");
  const datagrams = prototypeOf(builtin("node:dgram"), "Socket");
  return [
    ...told(home, "fetch", "fetch()"),
    ...["WebSocket", "EventSource", "XMLHttpRequest"].flatMap((key) => toldOfNew(home, key)),
    ...["http", "https"].flatMap((name) => all(builtin(`node:${name}`), name, ["request", "get"])),
    ...all(builtin("node:http2"), "http2", ["connect"]),
    ...all(net, "net", ["connect", "createConnection"]),
    ...all(builtin("node:tls"), "tls", ["connect"]),
    ...told(prototypeOf(net, "Socket"), "connect", "net.Socket.connect()"),
    ...told(prototypeOf(net, "Server"), "listen", "net.Server.listen()"),
    ...all(datagrams, "dgram.Socket", ["bind", "connect", "send"]),
  ];
}

function lookups(): Exchange[] {
  const dns = builtin("node:dns");
  const both = [dns, dns?.["promises"] as Holder | undefined];
  return [
    ...both.flatMap((holder) => all(holder, "dns", functionsOf(holder, /Servers$|^[gs]etDefault/))),
    ...both.flatMap((holder) =>
      all(prototypeOf(holder, "Resolver"), "dns.Resolver", ["resolve", "reverse"]),
    ),
  ];
}

/** A file that is open was opened by one of these. */
function files(): Exchange[] {
  const fs = builtin("node:fs");
  return [fs, fs?.["promises"] as Holder | undefined].flatMap((holder) =>
    all(holder, "fs", functionsOf(holder, /^f|^close|^unwatch|^_|^writev?Sync$/)),
  );
}

function processes(): Exchange[] {
  const holder = builtin("node:child_process");
  return all(holder, "child_process", functionsOf(holder, /^_/));
}

/** Work in other threads, and chance that makes keys: no stream could stand for it. */
function threads(): Exchange[] {
  const zlib = builtin("node:zlib");
  const crypto = builtin("node:crypto");
  const subtle = prototypeOf(home, "SubtleCrypto");
  const makers = ["Key", "KeyPair", "Prime"].flatMap((what) => [
    `generate${what}`,
    `generate${what}Sync`,
  ]);
  return [
    ...[builtin("node:worker_threads"), home].flatMap((holder) =>
      ["Worker", "MessageChannel", "BroadcastChannel"].flatMap((key) => toldOfNew(holder, key)),
    ),
    ...all(zlib, "zlib", functionsOf(zlib, /Sync$|^create|^crc32$/)),
    ...all(crypto, "crypto", ["pbkdf2", "scrypt", "hkdf", "checkPrime", ...makers]),
    ...all(subtle, "crypto.subtle", methodsOf(subtle)),
  ];
}

let made: readonly Exchange[] | null = null;

/**
 * What a run has never of its own, in the order in which it is put in place: a guard sees calls of it.
 * Made when the first guard asks, since it loads many of Node's modules.
 */
export function hostExchanges(): readonly Exchange[] {
  const console = home["console"] as Holder | undefined;
  made ??= [
    ...network(),
    ...lookups(),
    ...files(),
    ...processes(),
    ...threads(),
    ...all(hostProcess, "process", ["cpuUsage"]),
    ...all(builtin("node:os"), "os", ["uptime"]),
    ...["WeakRef", "FinalizationRegistry"].flatMap((key) => toldOfNew(home, key)),
    ...functionsOf(console, /^_/).flatMap((key) => quiet(console, key)),
  ];
  return made;
}

/** The calls that a guard sees on this host; null where Node's modules are not there to be asked. */
export function hostNames(): ReadonlySet<string> | null {
  hostExchanges();
  return onNode ? names : null;
}

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import remapping, { type SourceMapInput } from "@jridgewell/remapping";
import { rewriteAwaits, type SourceKind } from "./rewrite.ts";
import { type HandOverFiles, selectionOf } from "./selection.ts";

/** What Node.js's loaders pass on. */
export interface Loaded {
  readonly format?: string | null | undefined;
  readonly source?: string | ArrayBuffer | Uint8Array | null | undefined;
}

/** The languages, and the kinds of source text, that Node.js knows. JSX is told from all other JavaScript. */
const formats = new Map<string | null | undefined, Pick<SourceKind, "lang" | "sourceType">>([
  ["module", { lang: "jsx", sourceType: "module" }],
  ["commonjs", { lang: "jsx", sourceType: "commonjs" }],
  ["module-typescript", { lang: "ts", sourceType: "module" }],
  ["commonjs-typescript", { lang: "ts", sourceType: "commonjs" }],
]);

function textOf({ source }: Loaded, path: string): string {
  if (typeof source === "string") return source;
  // What is CommonJS may be read later, by whom nobody can ask.
  if (source === null || source === undefined) return readFileSync(path, "utf8");
  return new TextDecoder().decode(source);
}

/** The map that a source names as its own: a compiler or another loader has written it. */
function mapOf(source: string, url: string): SourceMapInput | null {
  const comments = [...source.matchAll(/^\/\/[#@]\s*sourceMappingURL=(\S+)\s*$/gm)];
  const named = comments.at(-1)?.[1];
  if (named === undefined) return null;
  try {
    const inline = /^data:application\/json[^,]*?(;base64)?,(.*)$/.exec(named);
    if (inline === null) return readFileSync(new URL(named, url), "utf8");
    const [, base64, data = ""] = inline;
    if (base64 === undefined) return decodeURIComponent(data);
    return Buffer.from(data, "base64").toString("utf8");
  } catch {
    // A map that is not there is no reason not to run.
    return null;
  }
}

function withMap(source: string, url: string, kind: SourceKind): string | null {
  const rewritten = rewriteAwaits(source, kind);
  if (rewritten === null) return null;
  const map = remapping(rewritten.map as unknown as SourceMapInput, (file) =>
    file === url ? mapOf(source, url) : null,
  );
  const data = Buffer.from(map.toString()).toString("base64");
  return `${rewritten.code}\n//# sourceMappingURL=data:application/json;base64,${data}\n`;
}

/** Makes what rewrites a module that was loaded from `url`. It answers others as they are. */
export function rewritingOf(files: HandOverFiles): <T extends Loaded>(url: string, loaded: T) => T {
  const selected = selectionOf(files);
  return (url, loaded) => {
    const form = formats.get(loaded.format);
    if (form === undefined || !url.startsWith("file:")) return loaded;
    const path = fileURLToPath(url);
    if (!selected(path.replaceAll("\\", "/"))) return loaded;
    const text = textOf(loaded, path);
    const source = withMap(text, url, { file: url, ...form });
    return source === null ? loaded : { ...loaded, source };
  };
}

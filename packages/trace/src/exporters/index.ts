import { checked } from "./checked.ts";
import { chrome } from "./chrome.ts";
import type { Exporter } from "./exporter.ts";
import { mermaid } from "./mermaid.ts";
import { ndjson } from "./ndjson.ts";
import { timeline } from "./timeline.ts";

/** All formats, in the order in which help lists them. A new one is entered here and nowhere else. */
export const exporters: readonly Exporter[] = [timeline, ndjson, chrome, mermaid].map(checked);

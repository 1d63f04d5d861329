#!/usr/bin/env node
// Committed, so that the workspace can link the command before it is built.
await import("../dist/bin.js");

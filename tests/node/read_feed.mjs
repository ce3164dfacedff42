// Reads a feed from standard input with podcast-partytime and prints what it understood as JSON; null when it gave up.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { parseFeed } = createRequire(`${process.cwd()}/`)("podcast-partytime");
process.stdout.write(JSON.stringify(parseFeed(readFileSync(0, "utf8")) ?? null));

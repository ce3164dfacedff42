// Reads a QR code with jsQR from RGBA bytes on standard input; the arguments are the picture's width and height.
// Prints the text as JSON; null when there is none to be read.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const read = createRequire(`${process.cwd()}/`)("jsqr");
const [width, height] = process.argv.slice(2).map(Number);
const found = read(new Uint8ClampedArray(readFileSync(0)), width, height);
process.stdout.write(JSON.stringify(found?.data ?? null));

// Uploads a file with tus-js-client, told by one JSON line on standard input:
//   {endpoint, token, file, metadata, metadataForPartialUploads, chunkSize, parallelUploads, checksum, pauseAt,
//   storage}
// With `pauseAt` it stops there, prints "paused", waits for a line, and goes on as a new program would: from `storage`.
// Prints {"url", "episode"} at the end, or {"error", "status"}.
import { createHash } from "node:crypto";
import { createReadStream, openSync, readSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const tus = createRequire(`${process.cwd()}/`)("tus-js-client");
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const line = async () => (await lines.next()).value;
const job = JSON.parse(await line());
const file = openSync(job.file, "r");

function addChecksum(request) {
  const offset = request.getHeader("Upload-Offset");
  if (request.getMethod() !== "PATCH" || offset === undefined) return;
  const bytes = Buffer.alloc(job.chunkSize);
  const chunk = bytes.subarray(0, readSync(file, bytes, 0, job.chunkSize, Number(offset)));
  request.setHeader("Upload-Checksum", `${job.checksum} ${createHash(job.checksum).update(chunk).digest("base64")}`);
}

function upload(pauseAt) {
  return new Promise((resolve, reject) => {
    const one = new tus.Upload(createReadStream(job.file), {
      endpoint: job.endpoint,
      headers: { Authorization: `Bearer ${job.token}` },
      metadata: job.metadata,
      metadataForPartialUploads: job.metadataForPartialUploads ?? {},
      chunkSize: job.chunkSize ?? Infinity,
      parallelUploads: job.parallelUploads ?? 1,
      retryDelays: [20, 50, 100, 200, 400, 800, 1600],
      urlStorage: new tus.FileUrlStorage(job.storage),
      onBeforeRequest: (request) => job.checksum && addChecksum(request),
      onProgress: (sent) => {
        if (sent < (pauseAt ?? Infinity)) return;
        pauseAt = undefined;
        one.abort().then(() => resolve("paused"), reject);
      },
      onError: (error) => reject(error),
      onSuccess: ({ lastResponse: last }) => resolve({ url: one.url, episode: last.getHeader("Rostrum-Episode") }),
    });
    one.findPreviousUploads().then((found) => {
      if (found.length > 0) one.resumeFromPreviousUpload(found[0]);
      one.start();
    }, reject);
  });
}

try {
  let end = await upload(job.pauseAt);
  if (end === "paused") {
    console.log("paused");
    await line();
    end = await upload();
  }
  console.log(JSON.stringify(end));
} catch (error) {
  console.log(JSON.stringify({ error: String(error), status: error.originalResponse?.getStatus() ?? null }));
}
process.exit(0);

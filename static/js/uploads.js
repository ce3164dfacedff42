// Sends recordings by tus 1.0.0: several at a time, with progress, pause, and going on after a reload or a lost line.
import { clock, number, say, word } from "./words.js";

const CHUNK = 32 * 1024 * 1024;
const AT_ONCE = 2;
const RETRY = [0, 1000, 3000, 5000, 10000, 20000, 30000];

let library = null;

function tus() {
  library ??= import("../vendor/tus/tus.min.js").then(() => window.tus);
  return library;
}

const size = (bytes) => (bytes >= 1e9 ? `${number(bytes / 1e9, 2)} GB` : `${number(bytes / 1e6, 1)} MB`);

/** Makes an uploader work: its file field, its drop area, its list of transfers. */
export function uploader(place) {
  const list = place.querySelector("[data-transfers]");
  const field = place.querySelector("[data-files]");
  const queue = [];
  let running = 0;
  const next = () => {
    while (running < AT_ONCE && queue.length > 0) {
      running += 1;
      queue.shift()(() => {
        running -= 1;
        next();
      });
    }
  };
  const take = (files) => {
    const show = place.dataset.show ?? place.querySelector("[data-show-choice]")?.value ?? "";
    for (const file of files) {
      const transfer = new Transfer(list, file, { show, episode: place.dataset.episode }, place.dataset.endpoint);
      queue.push((done) => transfer.begin(done));
    }
    next();
  };
  field.addEventListener("change", () => {
    take([...field.files]);
    field.value = "";
  });
  drop(place.querySelector("[data-drop]"), take);
}

function drop(area, take) {
  if (!area) return;
  const over = (on) => (event) => {
    event.preventDefault();
    area.classList.toggle("over", on);
  };
  area.addEventListener("dragover", over(true));
  area.addEventListener("dragleave", over(false));
  area.addEventListener("drop", (event) => {
    over(false)(event);
    take([...event.dataTransfer.files]);
  });
}

/** Only an upload that is gone begins anew; one that cannot be asked after at the moment is still there. */
function stillThere(request, response) {
  const status = response.getStatus();
  if (request.getMethod() !== "HEAD" || status < 300 || status === 404 || status === 410 || status === 423) return;
  throw Object.assign(new Error(`HEAD: ${status}`), { status });
}

class Transfer {
  #samples = [];

  constructor(list, file, about, endpoint) {
    Object.assign(this, { file, about, endpoint });
    this.line = document.createElement("li");
    this.line.className = "transfer";
    const head = document.createElement("div");
    head.className = "job-head";
    const name = document.createElement("span");
    name.className = "grow";
    name.dir = "auto";
    name.textContent = file.name;
    this.pause = this.#button("pauseUpload", () => this.#toggle());
    this.cancel = this.#button("cancelUpload", () => this.#abandon());
    head.append(name, this.pause, this.cancel);
    this.bar = document.createElement("progress");
    this.bar.max = 100;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", file.name);
    this.note = document.createElement("p");
    this.note.className = "meta figures";
    this.note.textContent = word("waiting");
    this.line.append(head, this.bar, this.note);
    list.append(this.line);
  }

  #button(key, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet";
    button.textContent = word(key);
    button.addEventListener("click", act);
    return button;
  }

  async begin(done) {
    this.done = done;
    if (this.gone) return this.#end();
    try {
      const { Upload } = await tus();
      this.upload = new Upload(this.file, this.#options());
      const before = await this.upload.findPreviousUploads();
      const same = before.find(
        ({ metadata }) => metadata?.show === this.about.show && metadata?.episode === (this.about.episode || undefined),
      );
      if (same) this.upload.resumeFromPreviousUpload(same);
      this.upload.start();
    } catch (error) {
      this.#failed(error);
    }
  }

  #options() {
    const metadata = { filename: this.file.name, show: this.about.show };
    if (this.about.episode) metadata.episode = this.about.episode;
    return {
      endpoint: this.endpoint,
      chunkSize: CHUNK,
      retryDelays: RETRY,
      removeFingerprintOnSuccess: true,
      metadata,
      onAfterResponse: (request, response) => stillThere(request, response),
      onProgress: (sent, total) => this.#progress(sent, total),
      onShouldRetry: (error) => this.#retry(error),
      onError: (error) => this.#failed(error),
      onSuccess: () => this.#finished(),
    };
  }

  #retry(error) {
    const status = error.originalResponse?.getStatus() ?? error.causingError?.status ?? 0;
    const again = status === 0 || status === 409 || status === 423 || status === 429 || status >= 500;
    if (again) this.note.textContent = word("retrying");
    return again;
  }

  #progress(sent, total) {
    this.last = [sent, total];
    this.bar.value = (100 * sent) / Math.max(1, total);
    const now = performance.now();
    this.#samples.push([now, sent]);
    while (this.#samples.length > 2 && now - this.#samples[0][0] > 8000) this.#samples.shift();
    const [from, first] = this.#samples[0];
    const rate = now > from ? ((sent - first) / (now - from)) * 1000 : 0;
    const left = rate > 0 ? clock((total - sent) / rate) : "…";
    this.note.textContent = word("uploading", size(sent), size(total), size(rate), left);
  }

  async #toggle() {
    if (!this.upload) return;
    if (this.paused) {
      this.paused = false;
      this.#samples = [];
      this.pause.textContent = word("pauseUpload");
      return void this.upload.start();
    }
    this.paused = true;
    await this.upload.abort();
    const [sent, total] = this.last ?? [0, this.file.size];
    this.note.textContent = word("paused", size(sent), size(total));
    this.pause.textContent = word("resumeUpload");
  }

  async #abandon() {
    this.gone = true;
    try {
      await this.upload?.abort(true);
    } catch {
      // What the server keeps of it expires by itself.
    }
    this.line.remove();
    this.#end();
  }

  #failed(error) {
    const body = error.originalResponse?.getBody?.() ?? "";
    let why = error.message;
    try {
      const problem = JSON.parse(body);
      why = problem.detail ?? problem.title ?? why;
    } catch {
      if (body && body.length < 300) why = body;
      else if (error.originalRequest) why = word("noLine");
    }
    this.note.textContent = word("uploadFailed", why);
    this.note.className = "job-error";
    this.pause.textContent = word("resumeUpload");
    this.paused = true;
    this.#end();
  }

  #finished() {
    this.bar.value = 100;
    this.note.textContent = word("uploaded");
    this.pause.remove();
    this.cancel.remove();
    say(word("uploaded"));
    setTimeout(() => this.line.remove(), 4000);
    this.#end();
  }

  #end() {
    this.done?.();
    this.done = null;
  }
}

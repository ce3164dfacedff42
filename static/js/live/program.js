// Listening: the one program everybody hears, in a media element, so that a locked phone goes on playing. Knows nothing
// of the stage.
const AIM_S = 2;
const SLACK_S = 0.8;
const JUMP_AFTER_S = 7;
const KEPT_S = 900;
const OPUS = 'audio/mp4; codecs="opus"';
const AAC = 'audio/mp4; codecs="mp4a.40.2"';

/** Events: `change` whenever anything below may read differently. */
export class Program extends EventTarget {
  wanted = false;
  stalled = false;
  #media = null;
  #buffer = null;
  #queue = [];
  #halt = null;
  #ticking = 0;
  #follows = true;
  #tries = 0;
  #retry = 0;

  constructor(audio, room) {
    super();
    this.audio = audio;
    this.base = `/live/${encodeURIComponent(room)}`;
    this.way = wayOf(audio);
    audio.removeAttribute("src");
    audio.preload = "none";
    audio.preservesPitch = true;
    for (const name of ["playing", "pause", "waiting", "ended"]) {
      audio.addEventListener(name, () => this.#tell());
    }
    audio.addEventListener("error", () => this.wanted && this.way !== "mse" && this.#again());
  }

  get playing() {
    return this.wanted && !this.audio.paused;
  }

  /** Seconds behind the newest sound that has arrived. */
  get behind_s() {
    const { buffered, seekable, currentTime } = this.audio;
    const ranges = this.way === "mse" ? buffered : seekable;
    return ranges.length > 0 ? Math.max(0, ranges.end(ranges.length - 1) - currentTime) : 0;
  }

  /** Whether one hears what is said now; false after a pause or a step back. */
  get live() {
    return this.#follows || this.behind_s < JUMP_AFTER_S;
  }

  /** Starts, or goes on after a pause. To be called from a tap. */
  async play() {
    this.wanted = true;
    if (!this.#open()) this.#start();
    this.#tick();
    try {
      await this.audio.play();
    } catch (error) {
      if (error.name === "NotAllowedError") this.wanted = false;
    }
    this.#tell();
  }

  /** Pauses; what is said meanwhile is kept for a quarter of an hour where the browser allows. */
  pause() {
    this.wanted = false;
    this.#follows = false;
    this.audio.pause();
    if (this.way === "progressive") this.stop();
    this.#tell();
  }

  /** Lets go of everything. */
  stop() {
    this.wanted = false;
    this.#close();
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
    this.#follows = true;
    this.#tell();
  }

  toLive() {
    this.#follows = true;
    const { buffered, seekable } = this.audio;
    const ranges = this.way === "mse" ? buffered : seekable;
    const last = ranges.length - 1;
    if (last >= 0) this.audio.currentTime = Math.max(ranges.start(last), ranges.end(last) - AIM_S);
    return this.play();
  }

  /** Steps back, as far as sound is kept. */
  back(seconds) {
    const { buffered, seekable, currentTime } = this.audio;
    const ranges = this.way === "mse" ? buffered : seekable;
    if (ranges.length === 0) return;
    this.#follows = false;
    this.audio.playbackRate = 1;
    this.audio.currentTime = Math.max(ranges.start(0), currentTime - seconds);
    this.#tell();
  }

  /** Silent while one speaks oneself; goes on behind it, so that coming back is at once. */
  hush(on) {
    this.audio.muted = on;
    if (!on && this.wanted) this.toLive();
  }

  /** Shows on lock screens what is heard. */
  describe({ title, artist, artwork }) {
    if (!("mediaSession" in navigator)) return;
    const pictures = artwork ? [{ src: artwork, sizes: "600x600" }] : [];
    navigator.mediaSession.metadata = new MediaMetadata({ title, artist, artwork: pictures });
    navigator.mediaSession.setActionHandler("play", () => this.play());
    navigator.mediaSession.setActionHandler("pause", () => this.pause());
    navigator.mediaSession.setActionHandler("stop", () => this.stop());
    if (this.way === "mse") navigator.mediaSession.setActionHandler("seekbackward", () => this.back(15));
  }

  #open() {
    return this.way === "mse" ? this.#media?.readyState === "open" : this.audio.hasAttribute("src");
  }

  #start() {
    this.#close();
    this.#follows = true;
    if (this.way === "hls") this.audio.src = `${this.base}/index.m3u8`;
    if (this.way === "progressive") this.audio.src = `${this.base}.mp3`;
    if (this.way === "mse") this.#attach();
  }

  #attach() {
    const media = new MediaSource();
    const type = MediaSource.isTypeSupported(OPUS) ? OPUS : AAC;
    this.#media = media;
    media.addEventListener("sourceopen", () => {
      URL.revokeObjectURL(this.audio.src);
      if (media !== this.#media) return;
      const buffer = media.addSourceBuffer(type);
      this.#buffer = buffer;
      buffer.addEventListener("updateend", () => this.#fill());
      this.#fetch(media, type === OPUS ? ".opus.mp4" : ".mp4");
    }, { once: true });
    this.audio.src = URL.createObjectURL(media);
  }

  async #fetch(media, mount) {
    while (media === this.#media) {
      this.#halt = new AbortController();
      try {
        const answer = await fetch(this.base + mount, { signal: this.#halt.signal });
        if (answer.status === 410) return this.#finish(media);
        if (answer.ok) await this.#drain(media, answer.body.getReader());
      } catch {
        // The line broke; what is in the buffer plays on meanwhile.
      }
      if (media !== this.#media) return;
      this.#tell();
      this.#tries += 1;
      const most_ms = Math.min(8000, 250 * 2 ** this.#tries);
      await new Promise((done) => setTimeout(done, 250 + Math.random() * most_ms));
    }
  }

  async #drain(media, reader) {
    for (;;) {
      const { value, done } = await reader.read();
      if (done || media !== this.#media) return void reader.cancel().catch(() => {});
      this.#tries = 0;
      this.#queue.push(value);
      this.#fill();
    }
  }

  #finish(media) {
    if (media.readyState === "open" && !this.#buffer.updating) media.endOfStream();
    this.dispatchEvent(new Event("over"));
  }

  #fill() {
    const buffer = this.#buffer;
    if (!buffer || buffer.updating || this.#media.readyState !== "open") return;
    if (this.#trim(buffer, KEPT_S)) return;
    const next = this.#queue[0];
    if (!next) return;
    try {
      buffer.appendBuffer(next);
      this.#queue.shift();
    } catch (error) {
      if (error.name !== "QuotaExceededError") return this.#again();
      if (!this.#trim(buffer, 60)) this.#queue.length = 0;
    }
  }

  #trim(buffer, kept_s) {
    if (buffer.buffered.length === 0) return false;
    const start = buffer.buffered.start(0);
    const until = buffer.buffered.end(buffer.buffered.length - 1) - kept_s;
    if (until - start < 10) return false;
    buffer.remove(start, until);
    return true;
  }

  #again() {
    this.#close();
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.wanted && this.play(), 500 + Math.random() * 2000);
  }

  #close() {
    this.#halt?.abort();
    this.#media = this.#buffer = this.#halt = null;
    this.#queue = [];
    this.#tries = 0;
    this.audio.playbackRate = 1;
  }

  #tick() {
    if (this.#ticking) return;
    this.#ticking = setInterval(() => {
      if (this.wanted) this.#steer();
      this.#tell();
    }, 500);
  }

  /** Keeps near the newest sound: over gaps at once, back from a stall by a jump, otherwise by a rate nobody hears. */
  #steer() {
    const { audio } = this;
    const { buffered } = audio;
    if (this.way !== "mse" || buffered.length === 0) return;
    const [first, end] = [buffered.start(0), buffered.end(buffered.length - 1)];
    if (audio.currentTime < first) audio.currentTime = Math.max(first, end - AIM_S);
    for (let at = 1; at < buffered.length; at += 1) {
      const inGap = audio.currentTime >= buffered.end(at - 1) - 0.05 && audio.currentTime < buffered.start(at);
      if (inGap) audio.currentTime = buffered.start(at) + 0.01;
    }
    if (audio.paused) audio.play().catch(() => {});
    const behind = end - audio.currentTime;
    if (this.#follows && behind > JUMP_AFTER_S) audio.currentTime = end - AIM_S;
    audio.playbackRate = !this.#follows ? 1 : behind > AIM_S + SLACK_S ? 1.03 : behind < AIM_S - 1.5 ? 0.97 : 1;
  }

  #tell() {
    this.stalled = this.wanted && this.audio.readyState < 3;
    this.dispatchEvent(new Event("change"));
  }
}

/** Apple's own player follows HLS in the background best; others take the endless stream, the oldest plain MP3. */
function wayOf(audio) {
  const apple = "GestureEvent" in window && audio.canPlayType("application/vnd.apple.mpegurl") !== "";
  if (apple) return "hls";
  const able = "MediaSource" in window && (MediaSource.isTypeSupported(OPUS) || MediaSource.isTypeSupported(AAC));
  return able ? "mse" : "progressive";
}

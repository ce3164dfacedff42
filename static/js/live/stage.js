// The connection to the stage: one's own microphone out, everybody else in, one channel for words between. It comes
// back by itself until the room says that it is over. Knows nothing of the page.
import { Trouble, tell, troubleOf } from "./tell.js";

const SOUND_SLOTS = 4;
const LOST_AFTER_MS = 1500;
const ANSWER_WITHIN_MS = 8000;
const CONNECT_WITHIN_MS = 12_000;
const FINAL = new Set(["ended", "removed", "banned", "barred", "locked"]);

/**
 * Events: `state` (detail: "joining", "here", "away", "over"), `trouble` (a Trouble), and one for every message of the
 * stage, by its type, with the message as detail.
 */
export class Stage extends EventTarget {
  state = "out";
  you = null;
  epoch = 0;
  roster = null;
  #pc = null;
  #channel = null;
  #session = null;
  #mic = null;
  #sender = null;
  #asked = new Map();
  #players = new Map();
  #turn = 0;
  #tries = 0;
  #timer = 0;
  #opening = null;
  #giveUp = 0;
  #last = null;
  #spoke = null;
  #ghost = null;
  copy = null;

  constructor(door, seats) {
    super();
    this.door = door;
    this.slots = seats + SOUND_SLOTS;
    addEventListener("online", () => this.hurry());
    // Not a leave: the place is kept for somebody who only loads the page again.
    addEventListener("pagehide", () => this.#release(false));
    addEventListener("pageshow", (event) => event.persisted && this.hurry());
  }

  /** Connects; `mic` is the track to send, or none to hear only. Resolves when the stage has said welcome. */
  join(mic = null) {
    this.#mic = mic;
    this.#tries = 0;
    const welcomed = new Promise((done, fail) => (this.#opening = { done, fail }));
    this.#giveUp = setTimeout(() => this.#never(), CONNECT_WITHIN_MS);
    this.#connect();
    return welcomed;
  }

  /** Leaves on purpose. */
  leave() {
    this.#over("left");
    this.#release(true);
  }

  /** Sends another microphone, or none, without reconnecting. */
  async take(mic) {
    this.#mic = mic;
    await this.#sender?.replaceTrack(mic);
    await this.#ghost?.getSenders()[0]?.replaceTrack(mic);
  }

  /** Whether the others are heard; a volume of nothing would not do on a phone that keeps its own. */
  set deaf(on) {
    this.muted = on;
    for (const player of this.#players.values()) player.muted = on;
  }

  /** The stage is said to be gone or back: does not wait to notice. */
  hurry(epoch = 0) {
    if (this.state === "out" || this.state === "over") return;
    if (epoch && epoch === this.epoch && this.state === "here") return;
    this.#later(this.#turn, true);
  }

  /** Asks the stage for something; resolves when done, fails with a Trouble when refused. */
  ask(command) {
    if (this.#channel?.readyState !== "open") return this.door.control(command);
    const request = crypto.randomUUID();
    return new Promise((done, fail) => {
      const late = setTimeout(() => this.#settle(request, new Trouble(tell("slow"), "slow")), ANSWER_WITHIN_MS);
      this.#asked.set(request, { done, fail, late });
      this.#channel.send(JSON.stringify({ request, ...command }));
    });
  }

  /** Round trip in milliseconds and loss as a share, where the browser tells. */
  async quality() {
    const told = { rtt_ms: null, lost: null };
    for (const one of (await this.#pc?.getStats())?.values() ?? []) {
      if (one.type === "candidate-pair" && one.nominated) told.rtt_ms = one.currentRoundTripTime * 1000;
      if (one.type === "remote-inbound-rtp") told.lost = one.fractionLost;
    }
    return told;
  }

  async #connect() {
    const turn = (this.#turn += 1);
    clearTimeout(this.#timer);
    const ghost = this.#linger();
    this.#release(false);
    this.#ghost = ghost;
    this.#become("joining");
    try {
      const { grant, ice_servers: iceServers } = await this.door.grant(this.renew);
      this.renew = false;
      if (turn !== this.#turn) return;
      await this.#offer(turn, grant, iceServers);
      this.#timer = setTimeout(() => this.#later(turn), CONNECT_WITHIN_MS);
    } catch (trouble) {
      if (turn === this.#turn) this.#failed(turn, trouble);
    }
  }

  async #offer(turn, grant, iceServers) {
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers });
    this.#pc = pc;
    this.#sender = microphone(pc, this.#mic);
    const line = this.copy?.attach(this.#sender);
    const slots = Array.from({ length: this.slots }, () => pc.addTransceiver("audio", { direction: "recvonly" }));
    slots.forEach((slot, at) => (this.#playersOf(at).srcObject = new MediaStream([slot.receiver.track])));
    this.#listen(turn, pc, pc.createDataChannel("control", { ordered: true }));
    const offer = await pc.createOffer();
    await pc.setLocalDescription({ type: "offer", sdp: withNack(offer.sdp) });
    this.copy?.described(line, pc.localDescription.sdp);
    const answer = await fetch(`${this.door.base}/join`, {
      method: "POST",
      headers: { "content-type": "application/sdp", authorization: `Bearer ${grant}` },
      body: pc.localDescription.sdp,
    });
    if (!answer.ok) throw await troubleOf(answer);
    const session = answer.headers.get("location");
    const sdp = await answer.text();
    if (turn !== this.#turn) return;
    this.#session = session;
    this.#last = null;
    await pc.setRemoteDescription({ type: "answer", sdp });
  }

  #listen(turn, pc, channel) {
    this.#channel = channel;
    let lost = 0;
    pc.addEventListener("connectionstatechange", () => {
      if (turn !== this.#turn) return;
      clearTimeout(lost);
      if (pc.connectionState === "failed") this.#later(turn, true);
      if (pc.connectionState === "disconnected") lost = setTimeout(() => this.#later(turn, true), LOST_AFTER_MS);
    });
    channel.addEventListener("message", (event) => turn === this.#turn && this.#hear(JSON.parse(event.data)));
    channel.addEventListener("close", () => this.#later(turn, true));
  }

  #hear(message) {
    if (message.type === "welcome") {
      clearTimeout(this.#timer);
      Object.assign(this, { you: message.you, epoch: message.epoch, delay_s: message.delay_s });
      this.#tries = 0;
      this.#spoke = this.#pc;
      this.#ghost?.close();
      this.#ghost = null;
      this.#become("here");
      clearTimeout(this.#giveUp);
      this.#opening?.done();
      this.#opening = null;
    }
    if (message.type === "roster") this.#seat(message);
    if (message.type === "done") this.#settle(message.request);
    if (message.type === "refused") this.#settle(message.request, new Trouble(message.message, message.code));
    if (message.type === "bye") {
      this.#over(message.why);
      this.#release(false);
    }
    this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
  }

  /** Only slots that carry somebody play, so that a phone does not decode twenty silences. */
  #seat(roster) {
    this.roster = roster;
    const others = roster.people.filter((one) => one.who !== this.you);
    const taken = new Set(others.flatMap((one) => one.tracks.map((track) => track.slot)));
    for (const [at, player] of this.#players) {
      if (!taken.has(at)) player.pause();
      else if (player.paused) player.play().catch(() => this.dispatchEvent(new Event("silenced")));
    }
  }

  #playersOf(slot) {
    if (!this.#players.has(slot)) this.#players.set(slot, Object.assign(new Audio(), { muted: this.muted ?? false }));
    return this.#players.get(slot);
  }

  #settle(request, trouble) {
    const asked = this.#asked.get(request);
    if (!asked) return;
    this.#asked.delete(request);
    clearTimeout(asked.late);
    if (trouble) asked.fail(trouble);
    else asked.done();
  }

  #failed(turn, trouble) {
    const told = trouble instanceof Trouble ? trouble : new Trouble(tell("offline"), "offline");
    this.renew = told.status === 401;
    this.#last = told;
    const refused = FINAL.has(told.code) || (told.status >= 400 && told.status < 500 && this.#opening && !this.renew);
    if (!refused) return this.#later(turn);
    this.#refuse(told);
    this.dispatchEvent(new CustomEvent("trouble", { detail: told }));
  }

  #refuse(trouble) {
    clearTimeout(this.#giveUp);
    this.#over(trouble.code);
    this.#release(false);
    this.#opening?.fail(trouble);
    this.#opening = null;
  }

  /** The first way in stays shut: either nothing answers, or the answer came and no sound gets through. */
  #never() {
    this.#refuse(this.#last ?? new Trouble(tell("stageBlocked"), "stage_blocked"));
  }

  #later(turn, soon = false) {
    if (turn !== this.#turn || this.state === "over" || this.state === "out") return;
    this.#turn += 1;
    this.#become("away");
    clearTimeout(this.#timer);
    this.#tries = soon ? 0 : this.#tries + 1;
    const most_ms = Math.min(2000, 250 * 2 ** this.#tries);
    this.#timer = setTimeout(() => this.#connect(), 250 + Math.random() * most_ms * 0.875);
  }

  #over(why) {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.why = why;
    this.#become("over");
    for (const player of this.#players.values()) player.srcObject = null;
    this.#players.clear();
  }

  /** The connection that spoke last packs on while the way back is looked for: its packets are in the copy. */
  #linger() {
    const lingers = this.#ghost ?? (this.copy && this.#pc === this.#spoke ? this.#pc : null);
    if (lingers === this.#pc) this.#pc = null;
    this.#ghost = null;
    return lingers;
  }

  #release(leave) {
    this.#channel?.close();
    this.#pc?.close();
    this.#ghost?.close();
    this.#ghost = null;
    for (const request of [...this.#asked.keys()]) this.#settle(request, new Trouble(tell("away"), "away"));
    if (leave && this.#session) fetch(this.#session, { method: "DELETE", keepalive: true }).catch(() => {});
    this.#pc = this.#channel = this.#session = null;
  }

  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }
}

/** The first line of the offer; each packet carries the one before it again where the browser can. */
function microphone(pc, track) {
  const line = pc.addTransceiver(track ?? "audio", { direction: "sendonly" });
  const codecs = RTCRtpSender.getCapabilities("audio")?.codecs ?? [];
  const of = (kind) => codecs.filter((one) => one.mimeType.toLowerCase() === kind);
  const wanted = [...of("audio/red"), ...of("audio/opus")];
  if (wanted.length > 0) line.setCodecPreferences?.(wanted);
  return line.sender;
}

/** Asks for lost packets again: the recording waits longer than a call would. */
function withNack(sdp) {
  return sdp.replace(/a=rtpmap:(\d+) opus\/48000.*\r\n/gi, (line, type) => `${line}a=rtcp-fb:${type} nack\r\n`);
}

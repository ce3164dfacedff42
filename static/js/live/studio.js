// The studio: a look at microphone and line, then the stage with everything a host, producer or speaker does.
import { enhance } from "../page.js";
import { clock, say as announce } from "../words.js";
import { Chat } from "./chat.js";
import { Copy, give } from "./copy.js";
import { Door } from "./door.js";
import { echo } from "./echo.js";
import { Feed } from "./feed.js";
import { Mic, meter } from "./mic.js";
import { Stage } from "./stage.js";
import { Trouble, tell, troubleOf } from "./tell.js";
import { avatar, captions, el, ring, say, seats, turn } from "./view.js";

enhance(document);
const page = document.querySelector("[data-room]");
const $ = (name) => document.querySelector(`[data-${name}]`);
const { room } = page.dataset;
const MODERATORS = ["host", "co_host", "producer"];
const SAMPLES_PER_S = 48_000;

function open() {
  const door = new Door(room);
  const mic = new Mic();
  check(door, mic);
  meter($("meter"), mic);
  meter($("own-meter"), mic);
}

/** Before one goes in: consent first, then the microphone, then the way to the stage. */
function check(door, mic) {
  const form = $("check-form");
  const problem = $("check-problem");
  const line = (name, word) => {
    const place = $(`line-${name}`);
    place.className = word;
    place.querySelector("dd").textContent = tell(word);
  };
  const openMic = async () => {
    line("mic", "trying");
    try {
      await mic.open({ device: $("device").value, processing: $("processing").checked });
      await choose(mic);
      line("mic", "ok");
      say(problem, "");
      $("devices").hidden = false;
      $("open-mic").hidden = true;
      $("enter").disabled = false;
    } catch (trouble) {
      line("mic", "blocked");
      say(problem, trouble.message);
    }
  };
  $("consent").addEventListener("change", ({ target }) => {
    $("open-mic").disabled = !target.checked;
    if (target.checked) return void ($("enter").disabled = mic.track === null);
    $("enter").disabled = true;
    mic.close();
    $("devices").hidden = true;
    $("open-mic").hidden = false;
  });
  $("open-mic").addEventListener("click", openMic);
  for (const name of ["device", "processing"]) $(name).addEventListener("change", openMic);
  mic.addEventListener("gone", () => say(problem, tell("micGone")));
  silence(mic);
  echo(mic, { key: $("echo"), sound: $("echo-sound"), problem: $("echo-problem") });
  const enter = async (silent) => {
    say(problem, "");
    const studio = new Studio(door, silent ? null : mic);
    try {
      line("house", "trying");
      if (form.elements.name) await door.rename(form.elements.name.value.trim());
      else await door.grant();
      if (page.dataset.member === "true" && page.dataset.state === "scheduled") await api("open");
      page.dataset.state = "green_room";
      line("house", "ok");
      line("stage", "trying");
      await studio.enter({ muted: $("muted-first").checked });
      line("stage", "ok");
    } catch (trouble) {
      line(trouble.code === "stage_blocked" || $("line-house").className === "ok" ? "stage" : "house", "blocked");
      say(problem, trouble.code === "offline" ? tell("houseBlocked") : trouble.message);
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    enter(false);
  });
  $("enter-silent").addEventListener("click", () => form.reportValidity() && enter(true));
}

async function choose(mic) {
  const devices = await mic.devices();
  const option = ({ deviceId, label }) => el("option", { value: deviceId, selected: deviceId === mic.device }, label);
  $("device").replaceChildren(...devices.map(option));
}

/** Says so when five seconds bring nothing at all. */
function silence(mic) {
  let quiet = 0;
  mic.addEventListener("level", ({ detail }) => {
    quiet = detail > 5 ? 0 : quiet + 1;
    const help = $("level-help");
    if (quiet === 60) [help.dataset.usual, help.textContent] = [help.textContent, tell("micSilent")];
    if (quiet === 0 && help.dataset.usual) [help.textContent, help.dataset.usual] = [help.dataset.usual, ""];
  });
}

class Studio {
  #stage;
  #chat = null;
  #safe = null;
  #markers = [];
  #speaking = [];

  constructor(door, mic) {
    Object.assign(this, { door, mic });
    this.#stage = new Stage(door, Number(page.dataset.seats));
    this.#listen();
  }

  get me() {
    return this.#stage.roster?.people.find((one) => one.who === this.#stage.you);
  }

  get moderates() {
    return MODERATORS.includes(this.me?.role);
  }

  async enter({ muted }) {
    if (this.mic && Copy.works) {
      const { grant } = await this.door.grant();
      this.#stage.copy = new Copy(room, grant);
    } else if (this.mic) say($("copy-note"), tell("copyNone"));
    await this.#stage.join(this.mic?.track ?? null);
    if (muted) await this.#stage.ask({ do: "mute", who: this.#stage.you });
    if (this.mic) await this.#stage.ask({ do: "consent", given: true });
    this.feed = new Feed(room);
    this.feed.addEventListener("stage_lost", () => this.#stage.hurry());
    this.feed.addEventListener("epoch", ({ detail }) => this.#stage.hurry(detail.epoch));
    this.feed.addEventListener("marker", ({ detail }) => this.#marked(detail));
    captions($("captions"), this.feed);
    const given = { feed: this.feed, door: this.door, named: () => Promise.resolve(true) };
    this.#chat = new Chat($("chat"), given);
    $("check").hidden = true;
    $("echo-sound").pause();
    for (const name of ["booth", "bar", "facts"]) $(name).hidden = false;
    this.#wire();
    this.#draw();
    setInterval(() => this.#tick(), 500);
    document.getElementById("main").focus();
  }

  /** Asks, and shows what came of it where it was refused; tells whether it was done. */
  async ask(command) {
    try {
      await this.#stage.ask(command);
      this.#trouble("");
      return true;
    } catch (trouble) {
      this.#draw();
      this.#trouble(trouble.message);
      return false;
    }
  }

  #listen() {
    const stage = this.#stage;
    const on = (name, act) => stage.addEventListener(name, ({ detail }) => act(detail));
    on("roster", () => this.#draw());
    on("levels", ({ speaking }) => this.#ring(speaking));
    on("durable", ({ at }) => (this.#safe = { at_s: at / SAMPLES_PER_S, heard_ms: performance.now() }));
    on("recording", ({ works }) => this.#trouble(works ? "" : tell("diskFails")));
    on("listeners", ({ count }) => ($("listeners").textContent = count.toLocaleString(document.documentElement.lang)));
    on("bye", ({ why }) => this.#closed(tell(why)));
    on("trouble", (trouble) => this.feed && this.#closed(trouble.message));
    on("state", (state) => this.feed && this.#line(state));
    on("silenced", () => {
      this.#trouble(tell("silenced"));
      document.addEventListener("click", () => this.#draw(), { once: true });
    });
  }

  async #line(state) {
    if (state === "away") this.#trouble(tell("away"));
    if (state !== "here") return;
    this.#trouble("");
    if (this.mic) await this.ask({ do: "consent", given: true });
  }

  #wire() {
    $("mute").addEventListener("click", () => this.#mute());
    $("leave").addEventListener("click", () => this.#leave());
    $("go-live-now").addEventListener("click", (event) => this.#confirmed(event, { do: "go_live" }));
    $("end-now").addEventListener("click", (event) => this.#confirmed(event, { do: "end" }));
    $("lock").addEventListener("change", ({ target }) => this.ask({ do: "lock", on: target.checked }));
    $("slow").addEventListener("change", ({ target }) => this.ask({ do: "slow_mode", seconds: Number(target.value) }));
    $("mark").addEventListener("submit", (event) => this.#mark(event));
    $("dump")?.addEventListener("click", () => this.#dump());
    $("invite")?.addEventListener("submit", (event) => invite(event));
    this.mic?.addEventListener("gone", () => this.#trouble(tell("micGone")));
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, textarea, select, dialog[open]");
      const key = event.key.toLowerCase();
      if (typing || event.ctrlKey || event.metaKey || event.altKey || !["d", "m"].includes(key)) return;
      event.preventDefault();
      if (key === "m" && this.moderates) this.#mark(event);
      if (key === "d" && $("dump")?.hidden === false) this.#dump();
    });
    addEventListener("beforeunload", (event) => {
      if (this.#stage.state === "here" && this.#stage.roster?.state === "live") event.preventDefault();
    });
  }

  #draw() {
    const { roster, you } = this.#stage;
    if (!roster || $("booth").hidden) return;
    const { me, moderates } = this;
    const open = Boolean(me?.consent) && !me.muted && !me.held;
    if (this.mic?.track) this.mic.track.enabled = open;
    this.#stage.copy?.keep(open && roster.state === "live");
    const onStage = roster.people.filter((one) => one.role !== "listener");
    seats($("seats-list"), onStage, { you, deeds: (one) => (moderates ? this.#deeds(one) : []) });
    this.#ring(this.#speaking);
    this.#hands(roster.hands);
    for (const part of document.querySelectorAll("[data-moderates]")) part.hidden = !moderates;
    this.#chat?.renew(moderates ? this.#chatDeeds() : null);
    $("lock").checked = roster.locked;
    const known = [...$("slow").options].some((one) => Number(one.value) === roster.slow_mode_s);
    if (known) $("slow").value = roster.slow_mode_s;
    const host = ["host", "co_host"].includes(me?.role);
    $("go-live").hidden = !host || roster.state !== "green_room";
    $("end").hidden = !host || roster.state !== "live";
    if ($("dump")) $("dump").hidden = !moderates || roster.state !== "live";
    $("mute").disabled = !this.mic || Boolean(me?.held);
    $("mute").classList.toggle("primary", open);
    turn($("mute"), open ? "mic" : "mic-off", open ? tell("mute") : tell("unmute"));
    $("light").classList.toggle("live", roster.state === "live");
    this.#tick();
    if (me?.held) this.#trouble(tell("held"));
  }

  #deeds(one) {
    const { you } = this.#stage;
    if (one.who === you) return one.role === "host" ? [] : [[tell("toListener"), () => this.ask({ do: "step_down" })]];
    const to = (role, label) => [role, [tell(label), () => this.ask({ do: "set_role", who: one.who, role })]];
    const roles = [
      to("speaker", "toSpeaker"),
      to("co_host", "toCoHost"),
      to("producer", "toProducer"),
      to("listener", "toListener"),
    ];
    const host = this.me.role === "host";
    const others = one.role === "host" ? [] : roles.filter(([role]) => role !== one.role).map(([, deed]) => deed);
    const handOver = [tell("handOver"), () => this.ask({ do: "hand_over", to: one.who })];
    return [
      one.held
        ? [tell("unmuteThem"), () => this.ask({ do: "unmute", who: one.who })]
        : [tell("muteThem"), () => this.ask({ do: "mute", who: one.who })],
      ...others,
      ...(host && one.role !== "listener" ? [handOver] : []),
      [tell("remove"), () => this.ask({ do: "remove", who: one.who })],
      [tell("ban"), () => this.ask({ do: "ban", who: one.who })],
    ];
  }

  #chatDeeds() {
    return {
      remove: (line) => this.ask({ do: "delete_chat", line }),
      pin: (line) => this.ask({ do: "pin", line }),
      ban: ({ who }) => this.ask({ do: "ban", who }),
    };
  }

  #hands(hands) {
    const key = (label, command, primary) => {
      const className = `button ${primary ? "primary" : "quiet"}`;
      const button = el("button", { type: "button", className }, tell(label));
      button.addEventListener("click", () => this.ask(command));
      return button;
    };
    const rows = hands.map(({ who, name }) => el(
      "li",
      {},
      avatar(name),
      el("strong", { className: "grow", dir: "auto" }, name),
      key("accept", { do: "accept_hand", who }, true),
      key("decline", { do: "decline_hand", who }),
    ));
    $("hands").replaceChildren(...rows);
    $("no-hands").hidden = hands.length > 0;
  }

  #ring(speaking) {
    this.#speaking = speaking;
    ring($("seats-list"), speaking);
  }

  /** The lamp tells what is safe on disk, the clock how long one is on air; both by the stage's own count. */
  #tick() {
    const live = this.#stage.roster?.state === "live";
    const safe = this.#safe;
    const names = { scheduled: "scheduled", green_room: "greenRoom", live: "live", ended: "ended" };
    const standing = names[this.#stage.roster?.state] ?? "connecting";
    $("safe").textContent = live && safe ? tell("safe", clock(safe.at_s)) : tell(standing);
    const passed_s = live && safe ? safe.at_s + (performance.now() - safe.heard_ms) / 1000 : 0;
    $("elapsed").textContent = clock(passed_s);
  }

  #mute() {
    const { me } = this;
    this.ask({ do: me?.muted ? "unmute" : "mute", who: this.#stage.you });
  }

  async #mark(event) {
    event.preventDefault();
    const field = $("mark").elements.title;
    const title = field.value.trim() || tell("marker", $("elapsed").textContent);
    field.value = "";
    if (await this.ask({ do: "marker", title })) announce(tell("marked"));
  }

  /** Takes back what nobody has heard yet. */
  async #dump() {
    if (await this.ask({ do: "dump" })) announce(tell("dumped", $("dump").dataset.dump));
  }

  #marked({ at, title }) {
    this.#markers.push({ at, title });
    const time = el("time", { className: "figures" }, clock(at / SAMPLES_PER_S));
    $("markers").append(el("li", {}, time, el("span", { dir: "auto" }, title)));
    $("no-markers").hidden = true;
  }

  #confirmed(event, command) {
    event.target.closest("dialog").close();
    this.ask(command);
  }

  #leave() {
    this.#stage.leave();
    this.#closed(tell("left"));
    location.assign(`/rooms/${encodeURIComponent(room)}`);
  }

  #closed(told) {
    this.mic?.close();
    this.feed?.close();
    this.#trouble(told);
    for (const name of ["booth", "bar"]) $(name).hidden = true;
    this.#stage.copy?.close().then(() => hand(this.#stage.why === "ended" ? room : null));
    this.#stage.copy = null;
  }

  #trouble(text) {
    say($("trouble"), text);
  }
}

/** Brings what recordings lack of one's voice. */
function hand(ended) {
  const words = { sending: "copySending", sent: "copySent" };
  return give(ended, (word) => say($("copy-note"), words[word] ? tell(words[word]) : ""));
}

/** A link for one guest. */
async function invite(event) {
  event.preventDefault();
  const form = event.target;
  const problem = form.querySelector("[data-invite-problem]");
  try {
    const told = await api("invites", { role: form.elements.role.value, once: true });
    document.getElementById("invite-link").value = told.url;
    form.querySelector("[data-invited]").hidden = false;
    say(problem, "");
  } catch (trouble) {
    say(problem, trouble.message);
  }
}

/** What only those who work on the show may do, by the API that programs use too. */
async function api(path, body) {
  const headers = { "content-type": "application/json", accept: "application/json" };
  let answer;
  try {
    const address = `/api/v1/rooms/${encodeURIComponent(room)}/${path}`;
    answer = await fetch(address, { method: "POST", headers, body: body && JSON.stringify(body) });
  } catch {
    throw new Trouble(tell("offline"), "offline");
  }
  if (!answer.ok) throw await troubleOf(answer);
  return answer.status === 204 ? null : answer.json();
}

if (page.dataset.state !== "ended") open();
hand(page.dataset.state === "ended" ? room : null);

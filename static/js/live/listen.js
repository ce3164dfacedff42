// The page on which one listens to a room, writes, and comes on the stage without leaving it.
import { enhance } from "../page.js";
import { clock, number } from "../words.js";
import { Chat } from "./chat.js";
import { Door } from "./door.js";
import { Feed } from "./feed.js";
import { Mic } from "./mic.js";
import { Program } from "./program.js";
import { Stage } from "./stage.js";
import { tell } from "./tell.js";
import { captions, ring, say, seats, turn } from "./view.js";

enhance(document);
const page = document.querySelector("[data-room]");
const $ = (name) => page.querySelector(`[data-${name}]`) ?? document.querySelector(`[data-${name}]`);
const { room, title, show, art } = page.dataset;

function start() {
  const startsAt = Date.parse(page.dataset.starts) || null;
  const door = new Door(room);
  const feed = new Feed(room, startsAt);
  const program = new Program(new Audio(), room);
  const guest = new Guest(door);
  new Chat(page.querySelector("[data-chat]"), { feed, door, named: () => guest.named() });
  listening(program, feed);
  standing(feed, program, startsAt);
  captions($("captions"), feed);
  reactions(feed, door);
  if ($("raise")) new Speaker({ door, feed, program, guest });
}

/** A visitor without an account chooses a name before they are seen. */
class Guest {
  #chosen = page.dataset.guest !== "true";

  constructor(door) {
    this.door = door;
    this.dialog = document.getElementById("name");
    this.form = this.dialog.querySelector("form");
    this.form.addEventListener("submit", (event) => this.#submit(event));
  }

  /** True once there is a name, false when the dialog was closed. */
  named() {
    if (this.#chosen) return Promise.resolve(true);
    this.dialog.showModal();
    return new Promise((done) => this.dialog.addEventListener("close", () => done(this.#chosen), { once: true }));
  }

  async #submit(event) {
    event.preventDefault();
    const problem = this.form.querySelector("[data-name-problem]");
    try {
      await this.door.rename(this.form.elements.name.value.trim());
      this.#chosen = true;
      say(problem, "");
      this.dialog.close();
    } catch (trouble) {
      say(problem, trouble.message);
    }
  }
}

function listening(program, feed) {
  const button = $("play-live");
  program.describe({ title, artist: show, artwork: art });
  button.addEventListener("click", () => (program.wanted ? program.pause() : program.play()));
  $("back").addEventListener("click", () => program.back(15));
  $("to-live").addEventListener("click", () => program.toLive());
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, button, a, summary, dialog[open]");
    if (typing || event.ctrlKey || event.metaKey) return;
    if (event.key !== " " && event.key !== "k") return;
    event.preventDefault();
    button.click();
  });
  const draw = () => {
    const { wanted, live, behind_s: behind } = program;
    button.classList.toggle("playing", wanted);
    button.setAttribute("aria-label", wanted ? tell("pause") : tell("play"));
    $("back").hidden = program.way !== "mse" || behind === 0;
    $("to-live").hidden = live;
    const told = program.stalled ? tell("connecting") : live ? "" : tell("behind", clock(behind));
    say($("behind"), told);
    const broken = feed.now.lost || (wanted && program.stalled && !feed.connected);
    say($("trouble"), broken ? tell("soundLost") : "");
  };
  program.addEventListener("change", draw);
  for (const kind of ["stage_lost", "epoch", "line", "snapshot"]) feed.addEventListener(kind, draw);
}

function standing(feed, program, startsAt) {
  const list = $("seats-list");
  const draw = () => {
    const { state, stage, speaking, occupancy } = feed.now;
    if (state === "ended") return void finish(program);
    if (state) {
      page.dataset.state = state;
      $("wait").hidden = state === "live";
      $("listen").hidden = state !== "live";
      $("doors").hidden = state !== "green_room";
    }
    seats(list, stage);
    ring(list, speaking);
    $("no-seats").hidden = stage.length > 0;
    const names = stage.filter((one) => speaking.includes(one.who)).map((one) => one.name);
    const joined = new Intl.ListFormat(document.documentElement.lang).format(names);
    say($("speaking"), names.length > 0 ? tell("speaking", joined) : tell("quiet"));
    const counted = page.dataset.counts === "true" && occupancy !== null;
    $("count").textContent = counted ? ` · ${tell("listeners", number(occupancy))}` : "";
  };
  for (const kind of ["snapshot", "stage", "speaking", "state", "occupancy"]) feed.addEventListener(kind, draw);
  program.addEventListener("over", () => finish(program));
  if (startsAt) countdown(startsAt);
}

function countdown(startsAt) {
  const place = $("countdown");
  const unit = { style: "unit", unit: "day", unitDisplay: "long" };
  const inDays = new Intl.NumberFormat(document.documentElement.lang, unit);
  const draw = () => {
    const left_s = Math.ceil((startsAt - Date.now()) / 1000);
    const days = Math.floor(left_s / 86_400);
    const length = days > 0 ? inDays.format(days) : clock(left_s);
    place.textContent = left_s > 0 ? tell("in", length) : tell("anyMoment");
  };
  draw();
  setInterval(draw, 1000);
}

/** The server knows what came of the room; the last seconds are heard to their end first. */
function finish(program) {
  if (page.dataset.over) return;
  page.dataset.over = "true";
  const wait_ms = program.playing ? program.behind_s * 1000 : 0;
  setTimeout(() => location.reload(), wait_ms + Math.random() * 5000);
}

function reactions(feed, door) {
  const box = page.querySelector(".reactions");
  const signs = new Map([...box.children].map((button) => [button.dataset.react, button]));
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-react]");
    if (!button) return;
    rise(button);
    door.react(button.dataset.react).catch((trouble) => say($("told"), trouble.message));
  });
  feed.addEventListener("reactions", ({ detail }) => {
    for (const [name, count] of Object.entries(detail.counts)) {
      for (let at = 0; at < Math.min(count, 5); at += 1) setTimeout(() => rise(signs.get(name)), at * 120);
    }
  });
}

function rise(button) {
  if (!button || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const sign = document.createElement("span");
  sign.className = "reaction-rise";
  sign.setAttribute("aria-hidden", "true");
  sign.append(button.querySelector(".icon").cloneNode(true));
  button.append(sign);
  setTimeout(() => sign.remove(), 1300);
}

/** From a raised hand to the stage and back. */
class Speaker {
  #stage = null;
  #mic = new Mic();
  #on = false;

  constructor(given) {
    Object.assign(this, given);
    this.dialog = document.getElementById("ask");
    this.dialog.querySelector("form").addEventListener("submit", (event) => this.#ask(event));
    $("raise").addEventListener("click", async () => (await this.guest.named()) && this.dialog.showModal());
    $("lower").addEventListener("click", () => this.#leave("lower_hand"));
    $("step-down").addEventListener("click", () => this.#leave("step_down"));
    $("mute").addEventListener("click", () => this.#mute());
    this.feed.addEventListener("stage_lost", () => this.#stage?.hurry());
    this.feed.addEventListener("epoch", ({ detail }) => this.#stage?.hurry(detail.epoch));
  }

  get #me() {
    return this.#stage?.roster?.people.find((one) => one.who === this.#stage.you);
  }

  async #ask(event) {
    event.preventDefault();
    const form = event.target;
    const problem = form.querySelector("[data-ask-problem]");
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      await this.#mic.open();
      this.#mic.track.enabled = false;
      await this.#connect();
      await this.#stage.ask({ do: "consent", given: true });
      await this.#stage.ask({ do: "raise_hand" });
      say(problem, "");
      this.dialog.close();
      this.#draw();
    } catch (trouble) {
      say(problem, trouble.message);
      this.#let();
    } finally {
      button.disabled = false;
    }
  }

  #connect() {
    const stage = new Stage(this.door, Number(page.dataset.seats));
    this.#stage = stage;
    stage.deaf = true;
    stage.addEventListener("roster", () => this.#draw());
    stage.addEventListener("hand_declined", () => this.#let(tell("handDeclined")));
    stage.addEventListener("bye", ({ detail }) => this.#let(tell(detail.why)));
    stage.addEventListener("state", ({ detail }) => detail === "away" && say($("told"), tell("away")));
    stage.addEventListener("trouble", ({ detail }) => this.#let(detail.message));
    return stage.join(this.#mic.track);
  }

  #draw() {
    const me = this.#me;
    const on = Boolean(me) && ["speaker", "co_host", "host"].includes(me.role);
    if (this.#on && !on) return this.#let(tell("offStage"));
    this.#on = on;
    const open = on && !me.muted && !me.held;
    if (this.#mic.track) this.#mic.track.enabled = open;
    this.#stage.deaf = !on;
    this.program.hush(on);
    const at = this.#stage.roster?.hands.findIndex((hand) => hand.who === this.#stage.you) ?? -1;
    const waiting = at >= 0 ? tell("handUp", at + 1) : tell("handWaiting");
    say($("told"), !on ? waiting : me.held ? tell("held") : open ? tell("onStage") : tell("onStageMuted"));
    this.#buttons(on, true);
    $("mute").disabled = Boolean(me?.held);
    turn($("mute"), open ? "mic" : "mic-off", open ? tell("mute") : tell("unmute"));
  }

  #buttons(on, up) {
    $("raise").hidden = up;
    $("lower").hidden = !up || on;
    $("mute").hidden = $("step-down").hidden = !on;
  }

  #mute() {
    const act = this.#me?.muted ? "unmute" : "mute";
    this.#stage.ask({ do: act, who: this.#stage.you }).catch((trouble) => say($("told"), trouble.message));
  }

  async #leave(deed) {
    const stage = this.#stage;
    try {
      await stage?.ask({ do: deed });
      this.#let(deed === "step_down" ? tell("offStage") : "");
    } catch (trouble) {
      if (deed === "lower_hand") this.#let();
      say($("told"), trouble.message);
    }
  }

  /** Back among the listeners: the microphone closes, the program is heard again. */
  #let(told = "") {
    const stage = this.#stage;
    const was = this.#on;
    this.#stage = null;
    this.#on = false;
    if (stage && stage.state !== "over") stage.leave();
    this.#mic.close();
    if (was) this.program.hush(false);
    say($("told"), told);
    this.#buttons(false, false);
  }
}

/** Goes to the episode as soon as it is out; one that takes longer is found on the show's page. */
function untilOut(tries) {
  if (tries === 0) return;
  setTimeout(async () => {
    const answer = await fetch(location.href).catch(() => null);
    if (answer?.redirected) location.replace(answer.url);
    else untilOut(tries - 1);
  }, 2000);
}

if (page.dataset.state !== "ended") start();
else if ($("coming")) untilOut(60);

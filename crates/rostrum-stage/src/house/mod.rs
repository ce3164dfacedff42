//! A room in its house: the pure room in the middle, round it the mix, the journal and the press that makes the program
//! log. Sockets are the shard's; what concerns a connection is handed to it.

mod crowd;
mod monitor;
mod paper;
mod taped;

use std::sync::Arc;

use rostrum_codec::live::Decoder;
use rostrum_domain::room::RoomState;
use rostrum_live::event::{Coding, Source, TrackNo, Who};
use rostrum_live::message::{Mark, StageMessage};
use rostrum_live::program::{Codec, Config, Program};
use rostrum_live::refusal::Refusal;
use rostrum_live::room::{Input, Output, PeerId, ProgramOp, Room, TrackSpec};
use rostrum_media::jitter::Arrival;
use rostrum_wire::stage::{Open, Way};

use crate::desk::Rooms;
use crate::hub::Hub;
use crate::journal::Writer;
use crate::peer::Arrived;
use crate::press::Press;
use crate::time::Time;
use taped::Marks;

pub(crate) use paper::{Paper, Papers};

/// How often the journal's state is written anew, in microseconds; a restart reads at most so much.
const SNAPSHOT_EVERY_US: u64 = 30_000_000;

/// What concerns a connection.
#[derive(Debug)]
pub(crate) enum Outward {
    Tell(Vec<PeerId>, StageMessage),
    /// The program, for those who hear it without delay.
    Sound(Vec<PeerId>, Vec<Arrived>),
    Disconnect(PeerId),
}

/// Where a packet is to be forwarded.
#[derive(Debug)]
pub(crate) struct Forward {
    pub(crate) track: TrackNo,
    pub(crate) slot: u8,
    /// Whether it follows a pause.
    pub(crate) resumes: bool,
    pub(crate) to: Vec<PeerId>,
}

/// What a connection sends, as the house knows it.
#[derive(Debug, Default)]
pub(crate) struct Sending {
    track: Option<TrackNo>,
    paused: bool,
}

pub(crate) struct House {
    room: Room,
    program: Program<Decoder>,
    journal: Option<Writer>,
    press: Option<Press>,
    hub: Arc<Hub>,
    marks: Marks,
    papers: Papers,
    time: Time,
    snapshot_at: u64,
    outward: Vec<Outward>,
    pub(crate) crowd: crowd::Crowd,
    pub(crate) monitor: monitor::Monitor,
    rooms: Arc<Rooms>,
}

/// What a house is built from.
pub(crate) struct Plot {
    pub(crate) room: Room,
    pub(crate) open: Open,
    pub(crate) papers: Papers,
    pub(crate) hub: Arc<Hub>,
    pub(crate) time: Time,
    /// When the room was opened or restored: its first records carry this time, so that the journal's clock is its.
    pub(crate) now_us: u64,
}

impl House {
    /// Builds the house round a room that was just opened or restored.
    pub(crate) fn new(plot: Plot, rooms: Arc<Rooms>) -> std::io::Result<Self> {
        let Plot { room, open, papers, hub, time, now_us } = plot;
        let config = Config { hold_s: open.facts.delay_s, ..Config::default() };
        let journal = papers.journal(room.state().epoch, &time)?;
        let mut house = Self {
            program: Program::new(config, Decoder::new),
            journal: Some(journal),
            press: None,
            marks: Marks::default(),
            snapshot_at: 0,
            outward: Vec::new(),
            crowd: crowd::Crowd::default(),
            monitor: monitor::Monitor::default(),
            room,
            hub,
            papers,
            time,
            rooms,
        };
        house.settle(now_us);
        house.snapshot(now_us);
        Ok(house)
    }

    pub(crate) fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    pub(crate) fn is_over(&self) -> bool {
        self.room.state().stage == RoomState::Ended
    }

    /// Takes an input; a refusal changes nothing.
    pub(crate) fn input(&mut self, now_us: u64, input: Input) -> Result<(), Refusal> {
        let answer = self.room.handle(now_us, input);
        self.settle(now_us);
        answer
    }

    /// Takes a packet; says where it is to be forwarded.
    pub(crate) fn packet(
        &mut self,
        (who, way): (Who, Way),
        sending: &mut Sending,
        packet: &Arrived,
    ) -> Option<Forward> {
        let at_us = self.time.us(packet.at);
        let track = match sending.track {
            Some(track) if self.room.state().track(track).is_some() => track,
            _ => self.begin(at_us, (who, way), sending)?,
        };
        let verdict = self.room.packet(at_us, track, packet.level);
        if verdict.journal {
            self.marks.took(track, packet.seq);
            self.put(self.paper(at_us).packet(track, packet));
        }
        if verdict.program {
            let payload = bytes::Bytes::from_owner(Arc::clone(&packet.payload));
            let Arrived { seq, time, marker, red, .. } = *packet;
            self.program.packet(track, Arrival { seq, time, at_us, payload, marker, red });
        }
        let resumes = std::mem::replace(&mut sending.paused, !verdict.forward);
        let slot = self.room.slot(track).filter(|_| verdict.forward)?;
        Some(Forward { track, slot, resumes, to: self.room.recipients(track).collect() })
    }

    fn begin(&mut self, at_us: u64, (who, way): (Who, Way), sending: &mut Sending) -> Option<TrackNo> {
        // An encoder may bring music; a browser's microphone is one voice.
        let channels = if matches!(way, Way::Whip | Way::Source) { 2 } else { 1 };
        let coding = Coding { codec: "opus".into(), rate_hz: 48_000, channels };
        let opened = self.room.open_track(at_us, TrackSpec { who, source: Source::Voice, coding });
        self.settle(at_us);
        *sending = Sending { track: opened.ok(), paused: true };
        sending.track
    }

    /// Takes a sender report.
    pub(crate) fn report(&mut self, sending: &Sending, (ntp, time): (u64, u64), at_us: u64) {
        let Some(track) = sending.track else { return };
        self.program.sender_report(track, (ntp, time), at_us);
        if self.room.state().stage == RoomState::Live {
            self.put(self.paper(at_us).report(track, ntp, time));
        }
    }

    /// Does what time asks for: mixes what is due, tells what is durable, looks at the room's own clocks.
    pub(crate) fn tick(&mut self, now_us: u64) {
        if self.room.wake_us() <= now_us {
            self.input(now_us, Input::Tick).ok();
        }
        self.mix(now_us);
        if let Some(mark) = self.journal.as_ref().map(Writer::mark) {
            if let Some(safe) = self.marks.durable(&mark, now_us, self.room.program_at(now_us)) {
                self.put(self.paper(now_us).watermark(&safe));
                let tracks = safe.tracks.iter().map(|track| Mark { track: track.track, seq: track.seq }).collect();
                self.input(now_us, Input::Durable { at: safe.at, tracks }).ok();
            }
            self.recording(!mark.failing && self.marks.keeps_up(now_us), now_us);
        }
        if now_us >= self.snapshot_at && !self.is_over() {
            self.snapshot(now_us);
        }
    }

    /// When [`Self::tick`] is due.
    pub(crate) fn due_us(&self) -> u64 {
        let mix = self.program.due_us().unwrap_or(u64::MAX);
        mix.min(self.room.wake_us()).min(self.marks.due_us())
    }

    /// What concerns connections since the last call.
    pub(crate) fn outward(&mut self) -> Vec<Outward> {
        std::mem::take(&mut self.outward)
    }

    /// Tells everybody concerned when the disk begins to fail, and when it works again.
    fn recording(&mut self, works: bool, now_us: u64) {
        if self.hub.look().standing.recording == works {
            return;
        }
        self.hub.change(|held| held.standing.recording = works);
        self.rooms.touch();
        self.input(now_us, Input::Recording { works }).ok();
    }

    fn mix(&mut self, now_us: u64) {
        for block in self.program.advance(now_us) {
            let heard = self.monitor.take(&block.samples);
            if !heard.is_empty() {
                self.outward.push(Outward::Sound(self.monitor.listeners().to_vec(), heard));
            }
            if let Some(press) = &self.press {
                press.block(block);
            }
        }
    }

    fn snapshot(&mut self, now_us: u64) {
        self.snapshot_at = now_us + SNAPSHOT_EVERY_US;
        let entry = self.paper(now_us).snapshot(&self.room.snapshot());
        self.put(entry);
    }

    fn paper(&self, at_us: u64) -> Paper {
        Paper { epoch: self.room.state().epoch, mono_us: at_us, wall_us: self.time.wall_us() }
    }

    fn put(&self, entry: crate::journal::Entry) {
        if let Some(journal) = &self.journal {
            journal.put(entry);
        }
    }

    /// Carries out what the room wants.
    fn settle(&mut self, now_us: u64) {
        loop {
            match self.room.poll() {
                Output::Wake(_) => return,
                Output::Journal(entry) => {
                    self.put(self.paper(now_us).entry(&entry));
                    self.hub.change(|held| held.entries.push_back(entry));
                }
                Output::Program(op) => self.program_op(op, now_us),
                Output::Tell { to, message } => self.outward.push(Outward::Tell(to, message)),
                Output::Disconnect { peer, .. } => self.outward.push(Outward::Disconnect(peer)),
                Output::Audience { at, event } => {
                    if let Some(press) = &self.press {
                        press.event(at, event.clone());
                    }
                    self.hub.change(|held| {
                        held.push_event(at, event);
                    });
                }
                Output::TrackClosed { track } => self.marks.forget(track),
                Output::StateChanged(state) => self.changed(state, now_us),
                Output::Dump { from, to } => {
                    let seconds = u8::try_from((to.saturating_sub(from)).div_ceil(48_000)).unwrap_or(u8::MAX);
                    self.program.dump(seconds, now_us);
                }
            }
        }
    }

    fn program_op(&mut self, op: ProgramOp, now_us: u64) {
        match op {
            ProgramOp::Open { track, muted, .. } => {
                let channels = self.room.state().track(track).map_or(1, |track| track.coding.channels);
                if self.program.open(track, Codec::Opus, channels).is_err() {
                    tracing::error!(track = track.0, "no decoder for a track; it is recorded but not heard");
                }
                if muted {
                    self.program.mute(track, true, now_us);
                }
            }
            ProgramOp::Mute { track, on } => self.program.mute(track, on, now_us),
            ProgramOp::Close { track } => self.program.close(track, now_us),
        }
    }

    fn changed(&mut self, state: RoomState, now_us: u64) {
        match state {
            RoomState::Live => self.go_live(now_us),
            RoomState::Ended => self.end(now_us),
            RoomState::Scheduled | RoomState::GreenRoom => {}
        }
        self.hub.change(|held| held.standing.state = state);
        self.rooms.touch();
    }

    fn go_live(&mut self, now_us: u64) {
        let live_at_us = self.time.wall_us();
        self.program.go_live(now_us);
        self.press = self.papers.press(self.room.state().epoch, live_at_us, &self.hub);
        self.hub.change(|held| held.standing.live_at_us = Some(live_at_us));
    }

    /// Goes on after a restart: at `at` samples of program time now; `fill` makes what is missing before that.
    pub(crate) fn resume(&mut self, (live_at_us, at): (i64, u64), now_us: u64, fill: impl FnOnce(&Press)) {
        self.program.resume_at(at, now_us);
        self.press = self.papers.press(self.room.state().epoch, live_at_us, &self.hub);
        if let Some(press) = &self.press {
            fill(press);
        }
    }

    fn end(&mut self, now_us: u64) {
        self.program.end(now_us);
        self.mix(now_us);
        // After a restart the program has seen only a part, and a part's measures are not the whole's.
        let whole = self.room.state().epoch == 1;
        let measured = whole.then(|| (self.program.reading(), self.program.waveform()));
        if let Some(press) = self.press.take() {
            press.finish(measured);
        } else {
            self.hub.change(|held| held.ended = Some(0));
        }
        if let Some(journal) = self.journal.take() {
            // Waiting for the disk is nothing that the others' sound may depend on.
            std::thread::spawn(move || journal.close());
        }
    }
}

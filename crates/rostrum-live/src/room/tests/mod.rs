//! What happens in rooms, told as short scenes.

mod life;
mod people;
mod sound;
mod talk;

use rostrum_domain::Id;
use rostrum_domain::room::{Badge, ChatRule, RoomFacts, RoomState, StageRole};

use super::*;
use crate::event::{Coding, Source, TrackNo};
use crate::grant::Claims;
use crate::message::{Mark, StageMessage, Why};

pub(super) const S: u64 = 1_000_000;

/// A room with somebody who plays all the parts.
pub(super) struct Scene {
    pub(super) room: Room,
    pub(super) now: u64,
    pub(super) out: Vec<Output>,
    requests: u64,
    peers: u64,
}

pub(super) fn who(n: u8) -> Who {
    Id::from_bits(u128::from(n))
}

pub(super) fn claims(n: u8, role: StageRole) -> Claims {
    let names = ["Ada", "Ben", "Cleo", "Dov", "Eve", "Finn", "Gus", "Hana"];
    Claims {
        room: Id::from_bits(900),
        participant: who(n),
        user: Some(Id::from_bits(100 + u128::from(n))),
        name: names[usize::from(n) % names.len()].into(),
        role,
        invite: None,
        consented: false,
        expires: 0,
    }
}

pub(super) fn setup(facts: RoomFacts) -> Setup {
    Setup { id: Id::from_bits(900), facts, epoch: 1 }
}

pub(super) fn coding() -> Coding {
    Coding { codec: "opus".into(), rate_hz: 48_000, channels: 2 }
}

const HOST: u8 = 0;

impl Scene {
    pub(super) fn new(facts: RoomFacts) -> Self {
        let mut scene = Self { room: Room::open(&setup(facts), S), now: S, out: Vec::new(), requests: 0, peers: 0 };
        scene.drain();
        scene
    }

    /// A green room with its host in it.
    fn hosted() -> Self {
        let mut scene = Self::new(RoomFacts { seats: 4, ..RoomFacts::default() });
        scene.enter(HOST, StageRole::Host);
        scene
    }

    fn live() -> Self {
        let mut scene = Self::hosted();
        scene.good(HOST, Command::GoLive);
        scene
    }

    pub(super) fn drain(&mut self) {
        self.out.clear();
        loop {
            match self.room.poll() {
                Output::Wake(at) => {
                    assert!(at >= self.now, "a wake in the past");
                    return;
                }
                output => self.out.push(output),
            }
        }
    }

    pub(super) fn give(&mut self, input: Input) -> Result<(), Refusal> {
        let answer = self.room.handle(self.now, input);
        self.drain();
        answer
    }

    fn wait(&mut self, seconds: u64) {
        self.now += seconds * S;
        self.give(Input::Tick).expect("time passes");
    }

    fn join(&mut self, claims: Claims) -> Result<PeerId, Refusal> {
        self.peers += 1;
        let peer = PeerId(self.peers);
        self.give(Input::Join { claims, peer: Some(peer) })?;
        self.give(Input::Ready { peer })?;
        Ok(peer)
    }

    /// Somebody comes in and agrees to be recorded.
    fn enter(&mut self, n: u8, role: StageRole) -> PeerId {
        let peer = self.join(claims(n, role)).expect("let in");
        self.good(n, Command::Consent { given: true });
        peer
    }

    fn ask(&mut self, n: u8, command: Command) -> Result<(), Refusal> {
        self.requests += 1;
        let request = self.requests.to_string();
        self.give(Input::Control(Control { by: Some(who(n)), request, command }))
    }

    fn good(&mut self, n: u8, command: Command) {
        let asked = format!("{command:?}");
        assert_eq!(self.ask(n, command), Ok(()), "{asked}");
    }

    fn send(&mut self, n: u8, source: Source) -> Result<TrackNo, Refusal> {
        let track = self.room.open_track(self.now, TrackSpec { who: who(n), source, coding: coding() });
        self.drain();
        track
    }

    fn voice(&mut self, n: u8) -> TrackNo {
        self.send(n, Source::Voice).expect("may speak")
    }

    fn goes(&mut self, track: TrackNo) -> &'static str {
        match self.room.packet(self.now, track, Some(30)) {
            Verdict { journal: true, program: true, forward: true } => "all",
            Verdict { journal: false, program: false, forward: true } => "stage",
            Verdict { journal: true, program: false, forward: false } => "journal",
            Verdict::NOWHERE => "nowhere",
            other => panic!("{other:?}"),
        }
    }

    fn role(&self, n: u8) -> Option<StageRole> {
        self.room.state().present(who(n)).map(|person| person.role)
    }

    fn say(&mut self, n: u8, line: u128, text: &str) -> Result<(), Refusal> {
        let user = (n < 10).then(|| Id::from_bits(100 + u128::from(n)));
        let name = if n < 10 { format!("Listener {n}") } else { "ADA (host)".into() };
        self.give(Input::Chat(Said { id: Id::from_bits(line), who: who(n), user, name, text: text.into() }))
    }

    fn audience(&self) -> Vec<&AudienceEvent> {
        self.out
            .iter()
            .filter_map(|out| if let Output::Audience { event, .. } = out { Some(event) } else { None })
            .collect()
    }
}

//! Requests: each is allowed by the table, done once, and answered the same when it is repeated.

use std::collections::VecDeque;

use rostrum_domain::room::{RoomState, SLOW_MODE_MAX_S, StageRole, TITLE_MAX};

use super::Room;
use super::clock::SAMPLES_PER_S;
use super::input::{Command, Control};
use super::output::Output;
use super::pace::{Paces, Rate};
use super::rules::{self, Act, Target};
use super::state::{BARRED_MAX, MARKERS_MAX};
use crate::event::{Event, Marker, Removal, Who};
use crate::refusal::Refusal;

/// Answers remembered until the stage restarts.
const ANSWERS_MAX: usize = 512;
/// Longest id of a request, in bytes.
const REQUEST_MAX: usize = 64;
/// What one person may ask for.
const RATE: Rate = Rate { burst: 30, per_s: 3 };

type Answer = (Option<Who>, String, Result<(), Refusal>);

/// Who is asking at this moment, how often they did, and what they were answered.
#[derive(Debug)]
pub(super) struct Asking {
    by: Option<Who>,
    request: Option<String>,
    paces: Paces<Who>,
    answers: VecDeque<Answer>,
}

impl Asking {
    pub(super) const fn new() -> Self {
        Self { by: None, request: None, paces: Paces::new(RATE), answers: VecDeque::new() }
    }

    /// Who an entry is signed by, and, on the first of a request, its id.
    pub(super) fn sign(&mut self) -> (Option<Who>, Option<String>) {
        (self.by, self.request.take())
    }

    fn answered(&self, control: &Control) -> Option<Result<(), Refusal>> {
        let same = |answer: &&Answer| answer.0 == control.by && answer.1 == control.request;
        self.answers.iter().find(same).map(|answer| answer.2)
    }

    fn remember(&mut self, control: &Control, answer: Result<(), Refusal>) {
        self.answers.push_back((control.by, control.request.clone(), answer));
        if self.answers.len() > ANSWERS_MAX {
            self.answers.pop_front();
        }
    }
}

impl Room {
    pub(super) fn control(&mut self, control: &Control) -> Result<(), Refusal> {
        if control.request.is_empty() || control.request.len() > REQUEST_MAX {
            return Err(Refusal::BadRequest);
        }
        if let Some(answer) = self.asking.answered(control) {
            return answer;
        }
        let done = |(by, request): &(Option<Who>, String)| *by == control.by && *request == control.request;
        if self.state.done.iter().any(done) {
            return Ok(());
        }
        if self.state.stage == RoomState::Ended {
            return if control.command == Command::End { Ok(()) } else { Err(Refusal::Ended) };
        }
        if control.by.is_some_and(|by| !self.asking.paces.take(by, self.now_us)) {
            return Err(Refusal::TooFast);
        }
        (self.asking.by, self.asking.request) = (control.by, Some(control.request.clone()));
        let answer = self.allows(control.by, &control.command).and_then(|()| self.execute(control));
        (self.asking.by, self.asking.request) = (None, None);
        self.asking.remember(control, answer);
        answer
    }

    fn allows(&self, by: Option<Who>, command: &Command) -> Result<(), Refusal> {
        let role = by.map(|by| self.state.present(by).map(|person| person.role).ok_or(Refusal::NotHere));
        let role = role.transpose()?;
        rules::may(role, Act::from(command), self.target(by, command))?;
        match command {
            Command::SetRole { role: StageRole::Host, .. } => Err(Refusal::HandOverInstead),
            Command::SetRole { role: wanted, .. } if role.is_some_and(|role| role <= *wanted) => {
                Err(Refusal::NotAllowed { needs: StageRole::Host })
            }
            _ => Ok(()),
        }
    }

    fn target(&self, by: Option<Who>, command: &Command) -> Target {
        let person = |who: Who| match by {
            Some(by) if by == who => Target::Own,
            _ => Target::Other(self.state.people.get(&who).map_or(StageRole::Listener, |person| person.role)),
        };
        match command {
            Command::Mute { who }
            | Command::Unmute { who }
            | Command::Remove { who }
            | Command::Ban { who }
            | Command::SetRole { who, .. }
            | Command::AcceptHand { who }
            | Command::DeclineHand { who } => person(*who),
            Command::DeleteChat { line } => {
                let writer = self.state.tail.iter().find(|kept| kept.id == *line).map(|kept| kept.who);
                writer.map_or(Target::Other(StageRole::Listener), person)
            }
            Command::RaiseHand | Command::LowerHand | Command::StepDown | Command::Consent { .. } => Target::Own,
            _ => Target::Room,
        }
    }

    fn execute(&mut self, control: &Control) -> Result<(), Refusal> {
        match &control.command {
            Command::Mute { who } => self.mute(control.by, *who, true),
            Command::Unmute { who } => self.mute(control.by, *who, false),
            Command::Remove { who } => self.remove(*who, false),
            Command::Ban { who } => self.remove(*who, true),
            Command::SetRole { who, role } => self.give_role(*who, *role),
            Command::AcceptHand { who } => self.accept_hand(*who),
            Command::DeclineHand { who } => self.decline_hand(*who),
            Command::HandOver { to } => self.hand_over(*to),
            command => match control.by {
                Some(by) => self.execute_own(by, command),
                None => self.execute_house(command),
            },
        }
    }

    fn execute_own(&mut self, by: Who, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::RaiseHand => self.raise_hand(by),
            Command::LowerHand => {
                self.lower_hand(by);
                Ok(())
            }
            Command::StepDown => self.step_down(by),
            Command::Consent { given } => {
                if self.state.present(by).is_some_and(|person| person.consent != *given) {
                    self.record(Event::Consent { who: by, given: *given });
                }
                Ok(())
            }
            command => self.execute_house(command),
        }
    }

    fn execute_house(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::GoLive => self.go_live(),
            Command::End => self.record(Event::State { state: RoomState::Ended }),
            Command::Lock { on } if *on != self.state.locked => self.record(Event::Lock { on: *on }),
            Command::Marker { title, at } => return self.marker(title, *at),
            Command::SlowMode { seconds } if *seconds > SLOW_MODE_MAX_S => return Err(Refusal::BadSlowMode),
            Command::SlowMode { seconds } if *seconds != self.state.slow_mode_s => {
                self.record(Event::SlowMode { seconds: *seconds });
            }
            Command::DeleteChat { line } => self.record(Event::ChatRemoved { line: *line }),
            Command::Pin { line } => return self.pin(*line),
            Command::Dump => return self.dump(),
            _ => {}
        }
        Ok(())
    }

    fn go_live(&mut self) {
        if self.state.stage < RoomState::Live {
            self.clock.start(self.now_us, 0);
            self.beat.begin();
            self.record(Event::State { state: RoomState::Live });
        }
    }

    /// One's own microphone, or that of another: nobody opens another's, a moderator only lets it be opened.
    fn mute(&mut self, by: Option<Who>, who: Who, on: bool) -> Result<(), Refusal> {
        let person = self.state.present(who).ok_or(Refusal::NobodySuch)?;
        let (muted, held) = match (by == Some(who), on) {
            (true, false) if person.held => return Err(Refusal::HeldMute),
            (true, on) => (on, person.held),
            (false, true) => (true, true),
            (false, false) => (person.muted, false),
        };
        if (muted, held) != (person.muted, person.held) {
            self.record(Event::Mute { who, muted, held });
        }
        Ok(())
    }

    /// Takes somebody out; somebody who only writes in the chat is known by a line of theirs.
    fn remove(&mut self, who: Who, ban: bool) -> Result<(), Refusal> {
        if self.state.barred.people.len() >= BARRED_MAX {
            return Err(Refusal::BansFull);
        }
        let person = self.state.people.get(&who);
        let written = self.state.tail.iter().find(|line| line.who == who).and_then(|line| line.user);
        let user = person.and_then(|person| person.user).or(written).filter(|_| ban);
        let invite = person.and_then(|person| person.invite).filter(|_| ban);
        self.take_out(Removal { who, ban, user, invite });
        Ok(())
    }

    fn marker(&mut self, title: &str, at: Option<u64>) -> Result<(), Refusal> {
        let title = title.trim();
        if self.state.stage != RoomState::Live {
            return Err(Refusal::NotLive);
        }
        if title.is_empty() || title.chars().count() > TITLE_MAX || title.chars().any(char::is_control) {
            return Err(Refusal::BadTitle);
        }
        if self.state.markers.len() >= MARKERS_MAX {
            return Err(Refusal::MarkersFull);
        }
        let now = self.program_at(self.now_us);
        self.record(Event::Marker(Marker { at: at.unwrap_or(now).min(now), title: title.to_owned() }));
        Ok(())
    }

    fn dump(&mut self) -> Result<(), Refusal> {
        if self.state.house.delay_s == 0 {
            return Err(Refusal::NoDelay);
        }
        if self.state.stage != RoomState::Live {
            return Err(Refusal::NotLive);
        }
        let to = self.program_at(self.now_us);
        let from = to.saturating_sub(u64::from(self.state.house.delay_s) * SAMPLES_PER_S);
        self.record(Event::Dumped { from, to });
        self.out.push_back(Output::Dump { from, to });
        Ok(())
    }
}

//! What one client holds at the relay: its lifetime, whom it may reach, and the channels it has named (RFC 8656 §9,
//! §12).

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::message::Secret;

/// How long leave to reach an address lasts.
const PERMIT_LIFE: Duration = Duration::from_secs(300);
/// How long a channel lasts.
const CHANNEL_LIFE: Duration = Duration::from_secs(600);

/// An address of the stage: the only thing the relay leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// As speakers are told it.
    pub(crate) told: SocketAddr,
    /// As this machine reaches it.
    pub(crate) reach: SocketAddr,
}

/// Who asks, known by name and password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) username: String,
    pub(crate) secret: Secret,
    /// When the right ends, in seconds since 1970.
    pub(crate) expires: i64,
}

/// A number that stands for a place.
#[derive(Debug, Clone, Copy)]
struct Channel {
    number: u16,
    place: SocketAddr,
    until: Duration,
}

/// One client's allocation.
pub(crate) struct Allocation {
    pub(crate) caller: Caller,
    pub(crate) until: Duration,
    permits: HashMap<IpAddr, Duration>,
    channels: Vec<Channel>,
}

impl Allocation {
    pub(crate) fn new(caller: Caller, until: Duration) -> Self {
        Self { caller, until, permits: HashMap::new(), channels: Vec::new() }
    }

    /// Gives leave to reach `ip`; the caller knows that it is one of the stage's, which are few.
    pub(crate) fn permit(&mut self, ip: IpAddr, now: Duration) {
        self.permits.insert(ip, now + PERMIT_LIFE);
    }

    pub(crate) fn may_reach(&self, ip: IpAddr, now: Duration) -> bool {
        self.permits.get(&ip).is_some_and(|until| now < *until)
    }

    /// Lets `number` stand for `place`; false when either already belongs to another.
    pub(crate) fn bind(&mut self, number: u16, place: SocketAddr, now: Duration) -> bool {
        self.channels.retain(|channel| now < channel.until);
        let mut held = self.channels.iter().filter(|channel| channel.number == number || channel.place == place);
        if held.any(|channel| channel.number != number || channel.place != place) {
            return false;
        }
        self.channels.retain(|channel| channel.number != number);
        self.channels.push(Channel { number, place, until: now + CHANNEL_LIFE });
        self.permit(place.ip(), now);
        true
    }

    pub(crate) fn place_of(&self, number: u16, now: Duration) -> Option<SocketAddr> {
        let mut channels = self.channels.iter().filter(|channel| now < channel.until);
        channels.find(|channel| channel.number == number).map(|channel| channel.place)
    }

    pub(crate) fn channel_of(&self, place: SocketAddr, now: Duration) -> Option<u16> {
        let mut channels = self.channels.iter().filter(|channel| now < channel.until);
        channels.find(|channel| channel.place == place).map(|channel| channel.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allocation() -> Allocation {
        let caller = Caller { username: "1:2".into(), secret: Secret::new("a", "b", "c"), expires: 1 };
        Allocation::new(caller, Duration::from_secs(600))
    }

    #[test]
    fn leave_and_channels_end_unless_they_are_asked_for_again() {
        let (mut held, place) = (allocation(), "192.0.2.1:9".parse::<SocketAddr>().unwrap());
        let at = Duration::from_secs;
        assert!(held.bind(0x4000, place, at(0)));
        assert!(held.may_reach(place.ip(), at(299)) && !held.may_reach(place.ip(), at(300)));
        assert_eq!(held.place_of(0x4000, at(599)), Some(place));
        assert_eq!((held.place_of(0x4000, at(600)), held.channel_of(place, at(600))), (None, None));
        assert!(held.bind(0x4000, place, at(500)));
        assert_eq!(held.channel_of(place, at(1000)), Some(0x4000));
    }

    #[test]
    fn a_number_stands_for_one_place() {
        let mut held = allocation();
        let [one, other] = ["192.0.2.1:9", "192.0.2.1:10"].map(|text| text.parse::<SocketAddr>().unwrap());
        let now = Duration::ZERO;
        assert!(held.bind(0x4000, one, now) && held.bind(0x4000, one, now));
        assert!(!held.bind(0x4000, other, now) && !held.bind(0x4001, one, now));
        assert!(held.bind(0x4001, other, now));
        assert_eq!((held.place_of(0x4000, now), held.place_of(0x4001, now)), (Some(one), Some(other)));
    }
}

//! The connection to a room: one WebRTC client on one UDP socket, which sends packets of Opus as they are due and asks
//! for nothing but to be recorded.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use serde_json::{Value, json};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::channel::ChannelId;
use str0m::media::{Direction, Frequency, MediaKind, MediaTime, Mid};
use str0m::net::{DatagramRecv, Protocol, Receive};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc};
use tokio::net::UdpSocket;

/// How long connecting may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// Longest datagram that is read.
const DATAGRAM_BYTES_MAX: usize = 2000;
/// Samples in a packet.
const FRAME: u64 = 960;
/// The name of the one request.
const REQUEST: &str = "speak";

/// A room that hears us.
pub(super) struct Call {
    rtc: Rtc,
    socket: UdpSocket,
    own: SocketAddr,
    microphone: Mid,
    channel: Option<ChannelId>,
    /// Who the room says we are.
    who: Value,
    /// Whether the room has noted that we are recorded.
    agreed: bool,
    /// Whether the room has a seat for us, once it has said who is on the stage.
    speaks: Option<bool>,
    /// Whether the room hears us, once that is clear.
    answer: Option<Result<(), String>>,
    sent: u64,
    over: bool,
}

/// A call that waits for the room's answer.
pub(super) struct Dialling {
    rtc: Rtc,
    microphone: Mid,
    pending: SdpPendingOffer,
}

impl Dialling {
    /// Makes an offer; gives its text.
    pub(super) fn new() -> anyhow::Result<(Self, String)> {
        let mut rtc = Rtc::builder().clear_codecs().enable_opus(true, false).build(Instant::now());
        let mut change = rtc.sdp_api();
        let microphone = change.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        change.add_channel("control".to_owned());
        let (offer, pending) = change.apply().context("there is nothing to offer")?;
        let text = offer.to_sdp_string();
        Ok((Self { rtc, microphone, pending }, text))
    }

    /// Takes the room's answer and connects.
    pub(super) async fn connect(self, answer: &str) -> anyhow::Result<Call> {
        let Self { mut rtc, microphone, pending } = self;
        let there = candidate(answer).context("the room names no address to send sound to")?;
        let any: IpAddr = if there.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { [0u16; 8].into() };
        let socket = UdpSocket::bind((any, 0)).await?;
        // Only to learn by which address of ours the way leads there; the socket stays open to all.
        let probe = std::net::UdpSocket::bind((any, 0))?;
        probe.connect(there).with_context(|| format!("{there} cannot be reached"))?;
        let own = SocketAddr::new(probe.local_addr()?.ip(), socket.local_addr()?.port());
        rtc.add_local_candidate(Candidate::host(own, "udp")?);
        rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(answer)?)?;
        let (channel, answer) = (None, None);
        let (who, agreed, speaks, sent, over) = (Value::Null, false, None, 0, false);
        let mut call = Call { rtc, socket, own, microphone, channel, who, agreed, speaks, answer, sent, over };
        let ready = async {
            while call.answer.is_none() && !call.over {
                call.turn(None).await?;
            }
            anyhow::Ok(())
        };
        let late = || anyhow!("no sound can be sent to {there}; open that port for UDP on the way there");
        tokio::time::timeout(PATIENCE, ready).await.map_err(|_| late())??;
        match call.answer.take() {
            Some(Ok(())) => Ok(call),
            Some(Err(text)) => bail!("{text}"),
            None => bail!("the room hung up"),
        }
    }
}

/// The first address for datagrams in a session description.
fn candidate(sdp: &str) -> Option<SocketAddr> {
    sdp.lines().filter_map(|line| line.strip_prefix("a=candidate:")).find_map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        let udp = words.get(2)?.eq_ignore_ascii_case("udp");
        let address = SocketAddr::new(words.get(4)?.parse().ok()?, words.get(5)?.parse().ok()?);
        udp.then_some(address)
    })
}

impl Call {
    /// Waits until `until`, while the connection is kept.
    ///
    /// # Errors
    /// The connection has ended.
    pub(super) async fn wait(&mut self, until: tokio::time::Instant) -> anyhow::Result<()> {
        while !self.turn(Some(until)).await? {}
        Ok(())
    }

    /// Sends a packet of 20 ms.
    pub(super) fn send(&mut self, packet: Vec<u8>) -> anyhow::Result<()> {
        let now = Instant::now();
        let payload = self.rtc.media(self.microphone).and_then(|media| media.remote_pts().first().copied());
        let time = MediaTime::new(self.sent * FRAME, Frequency::FORTY_EIGHT_KHZ);
        self.sent += 1;
        if let (Some(payload), Some(writer)) = (payload, self.rtc.writer(self.microphone)) {
            writer.write(payload, now, time, packet)?;
        }
        Ok(())
    }

    /// Says goodbye.
    pub(super) async fn hang_up(mut self) {
        let goodbye = self.rtc.close().is_ok();
        while goodbye && let Ok(Output::Transmit(transmit)) = self.rtc.poll_output() {
            // The room notices by itself when this is lost.
            let _ = self.socket.send_to(&transmit.contents, transmit.destination).await;
        }
    }

    /// Does what is due, then waits for the next thing; true when that was `until`.
    async fn turn(&mut self, until: Option<tokio::time::Instant>) -> anyhow::Result<bool> {
        let wake = self.drain().await?;
        if self.over {
            bail!("the room has ended, or the connection broke");
        }
        let wake = tokio::time::Instant::from_std(wake);
        let next = until.map_or(wake, |until| until.min(wake));
        let mut buffer = [0; DATAGRAM_BYTES_MAX];
        tokio::select! {
            read = self.socket.recv_from(&mut buffer) => {
                let (length, source) = read?;
                if let Ok(contents) = DatagramRecv::try_from(&buffer[..length]) {
                    let receive = Receive { proto: Protocol::Udp, source, destination: self.own, contents };
                    self.rtc.handle_input(Input::Receive(Instant::now(), receive))?;
                }
                Ok(false)
            }
            () = tokio::time::sleep_until(next) => {
                self.rtc.handle_input(Input::Timeout(Instant::now()))?;
                Ok(until == Some(next))
            }
        }
    }

    /// Sends what is to be sent; gives when something is due next.
    async fn drain(&mut self) -> anyhow::Result<Instant> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(at) => return Ok(at),
                Output::Transmit(transmit) => {
                    self.socket.send_to(&transmit.contents, transmit.destination).await?;
                }
                Output::Event(event) => self.event(event),
            }
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::ChannelOpen(id, _) if self.channel.is_none() => {
                self.channel = Some(id);
                let consent = json!({"request": REQUEST, "do": "consent", "given": true}).to_string();
                if let Some(mut channel) = self.rtc.channel(id) {
                    // A channel that has just opened has room for a line.
                    let _ = channel.write(false, consent.as_bytes());
                }
            }
            Event::ChannelData(data) => self.message(&data.data),
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) | Event::Closed => self.over = true,
            _ => {}
        }
    }

    fn message(&mut self, bytes: &[u8]) {
        let Ok(message) = serde_json::from_slice::<Value>(bytes) else { return };
        match message["type"].as_str() {
            Some("welcome") => self.who = message["you"].clone(),
            Some("roster") => self.speaks = Some(speaks(&message["people"], &self.who)),
            Some("done") if message["request"] == REQUEST => self.agreed = true,
            Some("refused") if message["request"] == REQUEST => {
                self.answer = Some(Err(message["message"].as_str().unwrap_or("The room refuses.").to_owned()));
            }
            Some("bye") => self.over = true,
            _ => {}
        }
        if let Some(speaks) = self.speaks.filter(|_| self.agreed && self.answer.is_none()) {
            let silent = "This invitation is for somebody who is not heard; ask the host for a speaker's.";
            self.answer = Some(if speaks { Ok(()) } else { Err(silent.to_owned()) });
        }
    }
}

/// Whether `who` has a seat among those on the stage.
fn speaks(people: &Value, who: &Value) -> bool {
    let own = people.as_array().and_then(|people| people.iter().find(|person| person["who"] == *who));
    own.is_some_and(|own| matches!(own["role"].as_str(), Some("speaker" | "co_host" | "host")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_in_is_read_from_an_answer() {
        let sdp = "v=0\r\na=candidate:1 1 tcp 9 192.0.2.1 3478 typ host tcptype passive\r\n\
            a=candidate:2 1 UDP 9 192.0.2.7 3478 typ host\r\n";
        assert_eq!(candidate(sdp), Some("192.0.2.7:3478".parse().unwrap()));
        assert_eq!(candidate("v=0\r\n"), None);
    }

    #[test]
    fn an_offer_has_a_voice_and_a_channel() {
        let (_, offer) = Dialling::new().unwrap();
        assert!(offer.contains("m=audio") && offer.contains("m=application") && offer.contains("opus/48000/2"));
    }
}

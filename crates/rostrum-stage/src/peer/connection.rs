//! The connection itself. Every call that changes it is followed by a drain (`poll` until `Output::Wait`), as str0m
//! asks for. A broken invariant inside str0m ends this one connection, never the room.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use str0m::change::SdpOffer;
use str0m::channel::ChannelId;
use str0m::format::{Codec, PayloadParams};
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{DatagramRecv, Receive, Transmit};
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite};
use str0m::{Candidate, Event, IceConnectionState, Input, Rtc};

use super::codecs::{self, Agreed};
use super::slot::Slot;
use crate::net::Datagram;

/// Longest session description taken, in bytes; 20 slots come to about 30 kB.
const OFFER_BYTES_MAX: usize = 128 * 1024;
/// Most sections of media in one; seats and a picture.
const SECTIONS_MAX: usize = 32;

/// Why somebody cannot be connected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JoinError {
    /// The session description is no such thing, or of an impossible size.
    #[error("the session description is not understood: {0}")]
    Offer(String),
    /// Both sides have no codec in common.
    #[error("the offer has no Opus; a room takes nothing else")]
    Codec,
}

/// A packet of a speaker's audio, as it came.
#[derive(Debug, Clone)]
pub(crate) struct Arrived {
    /// Extended sequence number.
    pub(crate) seq: u64,
    /// Extended RTP time, at 48 kHz.
    pub(crate) time: u64,
    pub(crate) at: Instant,
    /// −dBov, 0 loudest, 127 silence (RFC 6464).
    pub(crate) level: Option<u8>,
    pub(crate) marker: bool,
    /// Whether the payload is wrapped with redundancy (RFC 2198).
    pub(crate) red: bool,
    pub(crate) payload: Arc<[u8]>,
}

/// What a connection tells the room.
#[derive(Debug)]
pub(crate) enum Happened {
    /// Media can flow.
    Connected,
    /// The control channel is open.
    Open,
    /// It is over.
    Gone(&'static str),
    /// Audio came.
    Audio(Arrived),
    /// A sender report: wall time and RTP time of one instant (RFC 3550 §6.4.1).
    Report { wall: SystemTime, time: u64, at: Instant },
    /// Something on the control channel.
    Message(Vec<u8>),
}

/// What a drain gives.
#[derive(Debug)]
pub(crate) enum Output {
    Send(Transmit),
    Happened(Happened),
    /// Nothing until then.
    Wait(Instant),
    /// Nothing ever; the connection can be dropped.
    Dead,
}

/// One speaker's connection.
pub(crate) struct Peer {
    rtc: Rtc,
    fragment: String,
    agreed: Agreed,
    microphone: Option<Mid>,
    slots: Vec<Slot>,
    channel: Option<ChannelId>,
    dead: bool,
}

impl Peer {
    /// Answers an offer; gives the peer and the answer's text.
    pub(crate) fn accept(
        offer: &str,
        candidates: &[Candidate],
        video: bool,
        now: Instant,
    ) -> Result<(Self, String), JoinError> {
        if offer.len() > OFFER_BYTES_MAX || offer.matches("\nm=").count() > SECTIONS_MAX {
            return Err(JoinError::Offer("it is too long".into()));
        }
        if !has_opus(offer) {
            return Err(JoinError::Codec);
        }
        let bad = |error: &dyn std::fmt::Display| JoinError::Offer(plain(&error.to_string()));
        let offer = SdpOffer::from_sdp_string(offer).map_err(|error| bad(&error))?;
        let config = Rtc::builder().set_ice_lite(true).set_rtp_mode(true);
        let mut rtc = codecs::offer(config, video).build(now);
        for candidate in candidates {
            rtc.add_local_candidate(candidate.clone());
        }
        let answer = guarded(|| rtc.sdp_api().accept_offer(offer))
            .map_err(|()| JoinError::Offer("it breaks the rules".into()))?
            .map_err(|error| bad(&error))?;
        let fragment = rtc.direct_api().local_ice_credentials().ufrag;
        let agreed = agreed(&rtc);
        if agreed.opus.is_none() {
            return Err(JoinError::Codec);
        }
        let (microphone, slots, channel) = (None, Vec::new(), None);
        let peer = Self { rtc, fragment, agreed, microphone, slots, channel, dead: false };
        Ok((peer, answer.to_sdp_string()))
    }

    /// The local user fragment, by which its first datagrams are known.
    pub(crate) fn fragment(&self) -> &str {
        &self.fragment
    }

    /// Whether a datagram is meant for this connection.
    pub(crate) fn accepts(&self, datagram: &Datagram) -> bool {
        receive(datagram).is_some_and(|receive| self.rtc.accepts(&Input::Receive(datagram.at, receive)))
    }

    pub(crate) fn receive(&mut self, datagram: &Datagram) {
        if let Some(receive) = receive(datagram) {
            self.change(|rtc| rtc.handle_input(Input::Receive(datagram.at, receive)).is_ok());
        }
    }

    pub(crate) fn wake(&mut self, now: Instant) {
        self.change(|rtc| rtc.handle_input(Input::Timeout(now)).is_ok());
    }

    /// Ends the connection; what has to be said goodbye with still comes out of `poll`.
    pub(crate) fn close(&mut self) {
        self.change(|rtc| rtc.close().is_ok());
    }

    /// `track` pauses: its next packet will follow the last one without a hole.
    pub(crate) fn pause(&mut self, track: u32) {
        self.slots.iter_mut().filter(|slot| slot.track == Some(track)).for_each(Slot::pause);
    }

    /// Sends a packet of `track` in receive slot `place`, if the peer has one there. Drain afterwards.
    pub(crate) fn forward(&mut self, place: u8, track: u32, packet: &Arrived) {
        let Some(slot) = self.slots.get_mut(usize::from(place)) else { return };
        if slot.track != Some(track) {
            slot.assign(Some(track));
        }
        let payload_type = if packet.red { self.agreed.red } else { self.agreed.opus };
        let Some(payload_type) = payload_type else { return };
        let Some((seq, time)) = slot.number(packet.seq, packet.time as u32) else { return };
        let mid = slot.mid;
        let level = packet.level.map(|level| -i8::try_from(level).unwrap_or(i8::MAX));
        let extensions = ExtensionValues { audio_level: level, ..ExtensionValues::default() };
        let write = RtpWrite::new(payload_type, seq.into(), time, packet.at, Arc::clone(&packet.payload))
            .marker(packet.marker)
            .nackable(true)
            .ext_vals(extensions);
        self.change(|rtc| {
            if let Some(stream) = rtc.direct_api().stream_tx_by_mid(mid, None) {
                stream.write_rtp(write);
            }
            true
        });
    }

    /// Says `text` on the control channel; false when there is no room for it now. Drain afterwards.
    pub(crate) fn say(&mut self, text: &str) -> bool {
        let Some(id) = self.channel else { return false };
        let mut written = false;
        self.change(|rtc| {
            written = rtc.channel(id).is_some_and(|mut channel| channel.write(false, text.as_bytes()).unwrap_or(false));
            true
        });
        written
    }

    /// The next thing to do; call until `Wait` or `Dead`.
    pub(crate) fn poll(&mut self) -> Output {
        loop {
            if self.dead || !self.rtc.is_alive() {
                return Output::Dead;
            }
            match guarded(|| self.rtc.poll_output()) {
                Ok(Ok(str0m::Output::Timeout(at))) => return Output::Wait(at),
                Ok(Ok(str0m::Output::Transmit(transmit))) => return Output::Send(transmit),
                Ok(Ok(str0m::Output::Event(event))) => {
                    if let Some(happened) = self.event(event) {
                        return Output::Happened(happened);
                    }
                }
                Ok(Err(_)) | Err(()) => {
                    self.dead = true;
                    return Output::Happened(Happened::Gone("fault"));
                }
            }
        }
    }

    fn event(&mut self, event: Event) -> Option<Happened> {
        match event {
            Event::Connected => Some(Happened::Connected),
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => Some(Happened::Gone("lost")),
            Event::Closed => Some(Happened::Gone("closed")),
            Event::MediaAdded(media) if media.kind == MediaKind::Audio => {
                self.added(media.mid, media.direction);
                None
            }
            Event::ChannelOpen(id, _) => {
                let first = self.channel.is_none();
                self.channel.get_or_insert(id);
                first.then_some(Happened::Open)
            }
            Event::ChannelData(data) if Some(data.id) == self.channel => Some(Happened::Message(data.data)),
            Event::SenderFeedback(report) if Some(report.mid) == self.microphone => {
                let (wall, time) = (report.sender_info.ntp_time, report.sender_info.rtp_time.numer());
                Some(Happened::Report { wall, time, at: report.received_at })
            }
            Event::RtpPacket(packet) => self.audio(packet).map(Happened::Audio),
            _ => None,
        }
    }

    fn added(&mut self, mid: Mid, direction: Direction) {
        if matches!(direction, Direction::RecvOnly | Direction::SendRecv) && self.microphone.is_none() {
            self.microphone = Some(mid);
        } else if direction == Direction::SendOnly {
            self.slots.push(Slot::new(mid));
        }
    }

    fn audio(&self, packet: RtpPacket) -> Option<Arrived> {
        let payload_type = Some(packet.header.payload_type);
        let red = payload_type == self.agreed.red;
        if !red && payload_type != self.agreed.opus || packet.payload.is_empty() {
            return None;
        }
        let level = packet.header.ext_vals.audio_level.map(i8::unsigned_abs);
        Some(Arrived {
            seq: *packet.seq_no,
            time: packet.time.numer(),
            at: packet.timestamp,
            level,
            marker: packet.header.marker,
            red,
            payload: packet.payload,
        })
    }

    fn change(&mut self, change: impl FnOnce(&mut Rtc) -> bool) {
        if !self.dead && !guarded(|| change(&mut self.rtc)).unwrap_or(false) {
            self.dead = true;
        }
    }
}

/// Whether every side of an offer that has sound can be Opus; what we speak is in our answer whatever they offer.
fn has_opus(offer: &str) -> bool {
    let named = |line: &str| line.starts_with("a=rtpmap:") && line.to_ascii_lowercase().contains(" opus/48000");
    !offer.contains("m=audio") || offer.lines().any(named)
}

/// A parser's complaint on one line, without the places in memory that it names.
fn plain(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.contains("PointerOffset"));
    lines.collect::<Vec<_>>().join(", ")
}

fn receive(datagram: &Datagram) -> Option<Receive<'_>> {
    let contents = DatagramRecv::try_from(&datagram.bytes[..]).ok()?;
    let Datagram { protocol, source, destination, .. } = *datagram;
    Some(Receive { proto: protocol, source, destination, contents })
}

fn agreed(rtc: &Rtc) -> Agreed {
    let opus = rtc.codec_config().find(|one| one.spec().codec == Codec::Opus);
    Agreed { opus: opus.map(PayloadParams::pt), red: opus.and_then(PayloadParams::red) }
}

/// Runs code that may break on what a stranger sent; the value it worked on is not used again after it did.
fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, ()> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|_| tracing::error!("a connection broke an invariant and was ended"))
}

//! A speaker without a browser: a WebRTC client of its own over real UDP, saying seconds that name themselves.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;
use str0m::change::SdpAnswer;
use str0m::media::{Direction, Frequency, MediaKind, MediaTime, Mid};
use str0m::net::{DatagramRecv, Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout_at};

use crate::room::LiveRoom;
use crate::server::Server;
use crate::spoken::Voice;

const PACKET: Duration = Duration::from_millis(20);
/// Packets in a second.
const RATE: u64 = 50;

/// How far a track is safely on disk, as the room said: track and last extended RTP sequence number.
pub type Mark = (u32, u64);

#[derive(Debug, Default)]
struct Heard {
    sent: AtomicU64,
    received: AtomicU64,
    durable: Mutex<BTreeMap<u32, u64>>,
}

/// A connected speaker; hangs up when dropped.
#[derive(Debug)]
pub struct RtcPeer {
    heard: Arc<Heard>,
    task: JoinHandle<()>,
}

impl Drop for RtcPeer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What a speaker says, and by which way it goes.
#[derive(Debug)]
struct Speech {
    microphone: Mid,
    packets: Vec<Vec<u8>>,
    /// Counts from the first packet the speaker ever said, over its connections.
    next: u64,
    /// Where datagrams go instead of to the server's own address.
    through: Option<SocketAddr>,
    server: SocketAddr,
}

impl RtcPeer {
    /// Joins and speaks from second `from` on, through a relay if there is one; the reply's status if it may not.
    pub async fn join(
        server: &Server,
        (room, grant): (&LiveRoom, &str),
        (voice, from): (Voice, u64),
        through: Option<SocketAddr>,
    ) -> Result<Self, u16> {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
        let mut rtc = Rtc::builder().clear_codecs().enable_opus(true, false).build(Instant::now());
        let own = socket.local_addr().expect("it is bound");
        rtc.add_local_candidate(Candidate::host(own, "udp").expect("an address of ours"));
        let mut change = rtc.sdp_api();
        let microphone = change.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        for _ in 0..4 {
            change.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
        }
        change.add_channel("control".to_owned());
        let (offer, pending) = change.apply().expect("something was added");
        let http = server.http();
        let request = http.request(&Method::POST, &format!("/rooms/{}/join", room.slug())).bearer_auth(grant);
        let reply = http.send(request.header("content-type", "application/sdp").body(offer.to_sdp_string())).await;
        if reply.status != 201 {
            return Err(reply.status);
        }
        let answer = SdpAnswer::from_sdp_string(&reply.text()).expect("the answer is a session description");
        rtc.sdp_api().accept_answer(pending, answer).expect("the answer fits the offer");
        let heard = Arc::<Heard>::default();
        let server = server.ready().rtc.parse().expect("the media port is an address");
        let speech = Speech { microphone, packets: voice.packets(), next: from * RATE, through, server };
        heard.sent.store(speech.next, Ordering::Relaxed);
        let task = tokio::spawn(drive(rtc, socket, speech, Arc::clone(&heard)));
        Ok(Self { heard, task })
    }

    /// The second that is being said.
    pub fn second(&self) -> u64 {
        self.heard.sent.load(Ordering::Relaxed) / RATE
    }

    /// Packets of others that were heard.
    pub fn received(&self) -> u64 {
        self.heard.received.load(Ordering::Relaxed)
    }

    /// What the room said is durable, of each track.
    pub fn durable(&self) -> Vec<Mark> {
        self.heard.durable.lock().expect("no holder panics").iter().map(|(track, seq)| (*track, *seq)).collect()
    }
}

async fn drive(mut rtc: Rtc, socket: UdpSocket, mut speech: Speech, heard: Arc<Heard>) {
    let own = socket.local_addr().expect("it is bound");
    let mut clock = interval(PACKET);
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut buffer = vec![0; 2048];
    while rtc.is_alive() {
        let wake = flush(&mut rtc, (&socket, &speech), &heard).await;
        tokio::select! {
            _ = clock.tick() => speech.say(&mut rtc, &heard),
            read = timeout_at(wake.into(), socket.recv_from(&mut buffer)) => {
                // A port that closed answers with an error: the server is away.
                let Ok(Ok((length, _))) = read else {
                    let _ = rtc.handle_input(Input::Timeout(Instant::now()));
                    continue;
                };
                if let Ok(contents) = DatagramRecv::try_from(&buffer[..length]) {
                    let receive = Receive { proto: Protocol::Udp, source: speech.server, destination: own, contents };
                    let _ = rtc.handle_input(Input::Receive(Instant::now(), receive));
                }
            }
        }
    }
}

/// Sends and notes all there is, and gives the time when there may be more.
async fn flush(rtc: &mut Rtc, (socket, speech): (&UdpSocket, &Speech), heard: &Heard) -> Instant {
    loop {
        match rtc.poll_output() {
            Ok(Output::Timeout(at)) => return at,
            Ok(Output::Transmit(transmit)) => {
                let to = speech.through.unwrap_or(transmit.destination);
                let _ = socket.send_to(&transmit.contents, to).await;
            }
            Ok(Output::Event(Event::MediaData(_))) => drop(heard.received.fetch_add(1, Ordering::Relaxed)),
            Ok(Output::Event(Event::ChannelData(data))) => note(&data.data, heard),
            Ok(Output::Event(_)) => {}
            Err(_) => {
                rtc.disconnect();
                return Instant::now();
            }
        }
    }
}

fn note(message: &[u8], heard: &Heard) {
    let Ok(message) = serde_json::from_slice::<Value>(message) else { return };
    if message["type"] != "durable" {
        return;
    }
    let mut durable = heard.durable.lock().expect("no holder panics");
    for mark in message["tracks"].as_array().into_iter().flatten() {
        if let (Some(track), Some(seq)) = (mark["track"].as_u64(), mark["seq"].as_u64()) {
            durable.insert(u32::try_from(track).expect("tracks are few"), seq);
        }
    }
}

impl Speech {
    fn say(&mut self, rtc: &mut Rtc, heard: &Heard) {
        let format = rtc.media(self.microphone).and_then(|media| media.remote_pts().first().copied());
        if !rtc.is_connected() {
            return;
        }
        let (Some(format), Some(writer)) = (format, rtc.writer(self.microphone)) else { return };
        let at = usize::try_from(self.next).expect("a room is short") % self.packets.len();
        let time = MediaTime::new(self.next * 960, Frequency::FORTY_EIGHT_KHZ);
        let _ = writer.write(format, Instant::now(), time, self.packets[at].clone());
        self.next += 1;
        heard.sent.store(self.next, Ordering::Relaxed);
    }
}

//! A speaker without a browser: str0m and one UDP socket, sending a tone in real time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rostrum_codec::live::{Encoder, Form};
use rostrum_domain::Id;
use rostrum_domain::room::Room;
use rostrum_media::Codec;
use rostrum_wire::link::LinkError;
use str0m::change::SdpAnswer;
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{DatagramRecv, Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::station::{PATIENCE, Station};

/// What a speaker heard and was told.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) sent: AtomicU64,
    pub(crate) received: AtomicU64,
    pub(crate) messages: std::sync::Mutex<Vec<serde_json::Value>>,
}

pub(crate) struct Speaker {
    pub(crate) heard: Arc<Heard>,
    task: JoinHandle<()>,
}

impl Drop for Speaker {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Packets of a second and more of a tone, 20 ms each.
pub(crate) fn tone(hz: f32) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(Form { codec: Codec::Opus, channels: 1, bitrate: 48_000 }).unwrap();
    let pcm: Vec<f32> = (0..52 * 960)
        .map(|n| (n as f32 * hz * std::f32::consts::TAU / 48_000.0).sin() * 0.3)
        .flat_map(|sample| [sample, sample])
        .collect();
    let mut packets = Vec::new();
    encoder.push(&pcm, &mut |packet| packets.push(packet.to_vec())).unwrap();
    packets.truncate(50);
    packets
}

impl Speaker {
    /// Joins with `grant` and speaks a tone of `hz` until dropped.
    pub(crate) async fn join(station: &Station, room: Id<Room>, grant: &str, hz: f32) -> Self {
        Self::try_join(station, room, grant, hz).await.unwrap()
    }

    /// The same with a stage that may die meanwhile.
    pub(crate) async fn try_join(station: &Station, room: Id<Room>, grant: &str, hz: f32) -> Result<Self, LinkError> {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let mut rtc = Rtc::builder().set_rtp_mode(false).clear_codecs().enable_opus(true, false).build(Instant::now());
        rtc.add_local_candidate(Candidate::host(socket.local_addr().unwrap(), "udp").unwrap());
        let mut change = rtc.sdp_api();
        let microphone = change.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        for _ in 0..4 {
            change.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
        }
        change.add_channel("control".into());
        let (offer, pending) = change.apply().unwrap();
        let (_, answer) = station.join(room, grant, &offer.to_sdp_string()).await?;
        rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(&answer).unwrap()).unwrap();
        let heard = Arc::<Heard>::default();
        let task = tokio::spawn(drive(rtc, socket, (microphone, tone(hz)), Arc::clone(&heard)));
        Ok(Self { heard, task })
    }

    /// Waits for a state of what was heard.
    pub(crate) async fn eventually(&self, what: &str, holds: impl Fn(&Heard) -> bool) {
        let start = Instant::now();
        while !holds(&self.heard) {
            assert!(start.elapsed() < PATIENCE, "never: {what}; heard {:?}", self.heard);
            tokio::task::yield_now().await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn drive(mut rtc: Rtc, socket: UdpSocket, (microphone, packets): (Mid, Vec<Vec<u8>>), heard: Arc<Heard>) {
    let own = socket.local_addr().unwrap();
    let mut clock = interval(Duration::from_millis(20));
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (mut buffer, mut sent) = (vec![0; 2000], 0u64);
    loop {
        let wake = loop {
            match rtc.poll_output().unwrap() {
                Output::Timeout(at) => break at,
                Output::Transmit(transmit) => {
                    socket.send_to(&transmit.contents, transmit.destination).await.unwrap();
                }
                Output::Event(Event::MediaData(_)) => {
                    heard.received.fetch_add(1, Ordering::Relaxed);
                }
                Output::Event(Event::ChannelData(data)) => {
                    heard.messages.lock().unwrap().push(serde_json::from_slice(&data.data).unwrap());
                }
                Output::Event(_) => {}
            }
        };
        tokio::select! {
            read = socket.recv_from(&mut buffer) => {
                let (length, source) = read.unwrap();
                if let Ok(contents) = DatagramRecv::try_from(&buffer[..length]) {
                    let receive = Receive { proto: Protocol::Udp, source, destination: own, contents };
                    rtc.handle_input(Input::Receive(Instant::now(), receive)).unwrap();
                }
            }
            _ = clock.tick(), if rtc.is_connected() => {
                let now = Instant::now();
                let params = rtc.media(microphone).map(|media| media.remote_pts()[0]);
                if let (Some(pt), Some(writer)) = (params, rtc.writer(microphone)) {
                    let time = str0m::media::MediaTime::new(sent * 960, str0m::media::Frequency::FORTY_EIGHT_KHZ);
                    writer.write(pt, now, time, packets[sent as usize % packets.len()].clone()).unwrap();
                    sent += 1;
                    heard.sent.store(sent, Ordering::Relaxed);
                }
            }
            () = tokio::time::sleep_until(wake.into()) => rtc.handle_input(Input::Timeout(Instant::now())).unwrap(),
        }
    }
}

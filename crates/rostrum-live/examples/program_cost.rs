//! What the mix costs: ten speakers, three of whom speak, ten minutes of packets as fast as they go in. Decoding is a
//! stand-in, so the figure is that of the mix alone.
#![expect(clippy::print_stdout, reason = "a measurement prints its figure")]

use std::time::Instant;

use bytes::Bytes;
use rostrum_live::event::TrackNo;
use rostrum_live::program::{Codec, Config, Decode, Program};
use rostrum_media::jitter::Arrival;

const SECONDS: u64 = 600;

/// Gives a buzz or faint noise, as the packet says, for next to nothing.
struct StandIn {
    buzz: Vec<f32>,
    noise: Vec<f32>,
}

impl StandIn {
    fn new() -> Self {
        let buzz = |n: usize| (1..6).map(|k| (n as f32 * 0.02 * k as f32).sin() / k as f32).sum::<f32>() * 0.1;
        let noise = |n: usize| ((n * 7919 % 1009) as f32 / 504.5 - 1.0) * 0.0005;
        Self { buzz: (0..5760).map(buzz).collect(), noise: (0..5760).map(noise).collect() }
    }
}

impl Decode for StandIn {
    type Error = ();

    fn packet(&mut self, payload: &[u8], out: &mut Vec<f32>) -> Result<(), ()> {
        out.extend_from_slice(&if payload.len() > 40 { &self.buzz } else { &self.noise }[..960]);
        Ok(())
    }

    fn fec(&mut self, _: &[u8], samples: usize, out: &mut Vec<f32>) -> Result<(), ()> {
        self.conceal(samples, out)
    }

    fn conceal(&mut self, samples: usize, out: &mut Vec<f32>) -> Result<(), ()> {
        out.extend_from_slice(&self.buzz[..samples]);
        Ok(())
    }
}

fn main() {
    let mut program = Program::new(Config::default(), |_| Ok(StandIn::new()));
    for track in 0..10 {
        program.open(TrackNo(track), Codec::Opus, 1).unwrap_or_else(|()| unreachable!("the stand-in is always there"));
    }
    program.go_live(0);
    let (loud, faint) = (Bytes::from(vec![31 << 3; 120]), Bytes::from(vec![31 << 3; 30]));
    let (started, mut blocks) = (Instant::now(), 0u64);
    for number in 0..SECONDS * 50 {
        let at_us = number * 20_000;
        for track in 0..10u32 {
            let speaks = (u64::from(track) + number / 500) % 10 < 3;
            let payload = if speaks { loud.clone() } else { faint.clone() };
            let time = (1 << 32) + number * 960;
            let late_us = number * 7919 % 30_000;
            let arrival = Arrival { seq: number, time, at_us: at_us + late_us, payload, marker: false, red: false };
            program.packet(TrackNo(track), arrival);
        }
        blocks += program.advance(at_us).count() as u64;
    }
    let core = started.elapsed().as_secs_f64() / (blocks as f64 / 50.0);
    println!("{:.2} % of a core ({:.2} ms a second of program)", core * 100.0, core * 1000.0);
}

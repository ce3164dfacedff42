//! True peaks: what leaves the limiter stays below the ceiling, and what the encoders make of it stays close to it.
//! Both are measured by FFmpeg's meter, which interpolates otherwise than ours.

use std::path::{Path, PathBuf};
use std::process::Command;

use rostrum_media::Tags;
use rostrum_media::limiter::{Limiter, Target};
use tempfile::TempDir;

use crate::support::{ebur128, ebur128_of, make, publish};

/// Sounds of two channels whose peaks stand far above their loudness, so that the limiter has work.
const HOT: [(&str, &str); 3] = [
    (
        "clicks",
        "0.08*sin(2*PI*220*t)*(0.4+abs(sin(PI*1.3*t)))+0.55*sin(2*PI*900*t)*lt(mod(t,0.7),0.012)|\
         0.07*sin(2*PI*210*t)*(0.4+abs(sin(PI*1.1*t)))+0.5*sin(2*PI*1100*t)*lt(mod(t,0.9),0.012)",
    ),
    (
        "pops",
        "0.05*sin(2*PI*180*t)*abs(sin(PI*t))+0.9*sin(2*PI*50*t)*exp(-mod(t,1.3)*60)|\
         0.05*sin(2*PI*190*t)*abs(sin(PI*t))+0.9*sin(2*PI*50*t)*exp(-mod(t,1.3)*60)",
    ),
    (
        "keys",
        "0.6*sin(2*PI*1318*t)*sin(2*PI*2637*t)*exp(-mod(t,0.6)*25)+0.3*sin(2*PI*7040*t)*exp(-mod(t,0.3)*50)|\
         0.6*sin(2*PI*1396*t)*sin(2*PI*2793*t)*exp(-mod(t,0.5)*25)+0.3*sin(2*PI*6271*t)*exp(-mod(t,0.3)*50)",
    ),
];

/// Highest true peak of a rendition, in dBTP: the ceiling of −1 dBTP and half a decibel that an encoder may add.
pub(crate) const PEAK_MAX_DBTP: f64 = -0.5;

/// Bursts of white noise over a bass, unlike on both sides: where meters differ most.
const DRUMS: &str = "0.5*(random(0)*2-1)*exp(-mod(t,0.45)*40)+0.4*sin(2*PI*60*t)*exp(-mod(t,0.9)*14)|\
     0.4*(random(1)*2-1)*exp(-mod(t+0.1,0.45)*40)+0.4*sin(2*PI*65*t)*exp(-mod(t,0.9)*14)";

/// What the limiter's own meter may read too little of noise, in dB, beyond the room that is kept for it.
const NOISE_DB: f64 = 0.2;

#[tokio::test]
async fn no_peak_is_above_the_ceiling_behind_the_limiter_nor_far_above_it_in_a_file() {
    let dir = tempfile::tempdir().unwrap();
    for (name, exprs) in HOT {
        let input = sound(&dir, name, exprs);
        let done = publish(&dir, &input, &Tags::default()).await;
        assert_eq!(done.analysis.mix.channels(), 2, "{name}");
        for more_db in [0.0, 6.0] {
            let gain_db = done.analysis.gain_db + more_db;
            assert!(gain_db + done.analysis.true_peak_dbtp > 0.0, "{name}: nothing to limit: {:?}", done.analysis);
            let peak = limited(&input, gain_db);
            assert!(peak <= -1.0, "{name}, {more_db} dB more: {peak} dBTP behind the limiter");
        }
        for (codec, path) in &done.files {
            let (_, peak) = ebur128(path);
            assert!(peak <= PEAK_MAX_DBTP, "{name} in {codec:?}: {peak} dBTP");
        }
    }
}

/// Encoders put other noise in the place of noise, with peaks of its own, so only what they are given is held.
#[test]
fn noise_is_nearly_as_low_behind_the_limiter_as_all_else() {
    let dir = tempfile::tempdir().unwrap();
    let input = sound(&dir, "drums", DRUMS);
    for gain_db in [6.0, 12.0, 18.0] {
        let peak = limited(&input, gain_db);
        assert!(peak <= -1.0 + NOISE_DB, "{gain_db} dB: {peak} dBTP");
    }
}

/// Eight seconds of a sound that is written down.
fn sound(dir: &TempDir, name: &str, exprs: &str) -> PathBuf {
    let source = format!("aevalsrc=exprs='{exprs}':s=48000");
    make(dir, &format!("{name}.wav"), &["-f", "lavfi", "-i", &source, "-t", "8"])
}

/// True peak in dBTP of what the limiter makes of a file of two channels.
fn limited(input: &Path, gain_db: f64) -> f64 {
    let target = Target::for_channels(2);
    assert_eq!(target.ceiling_dbtp, -1.0);
    let form = ["-f", "f32le", "-ar", "48000", "-ac", "2"];
    let args = [&["-v", "error", "-i", input.to_str().unwrap()], &form[..], &["-"]].concat();
    let output = Command::new("ffmpeg").args(args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let samples: Vec<f32> = output.stdout.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect();
    let planes = [0, 1].map(|channel| samples.iter().skip(channel).step_by(2).copied().collect::<Vec<_>>());
    let (mut limiter, mut out) = (Limiter::new(2, gain_db, target.ceiling_dbtp), vec![Vec::new(); 2]);
    limiter.push(&planes, &mut out);
    limiter.finish(&mut out);
    let pairs = out[0].iter().zip(&out[1]);
    let bytes: Vec<u8> = pairs.flat_map(|(left, right)| [left.to_le_bytes(), right.to_le_bytes()].concat()).collect();
    let raw = input.with_extension("limited.raw");
    std::fs::write(&raw, bytes).unwrap();
    ebur128_of(&[&form[..], &["-i", raw.to_str().unwrap()]].concat()).1
}

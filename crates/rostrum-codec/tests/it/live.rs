//! Streams that are decoded while they come, in the child.

use std::io::Write;

use rostrum_codec::Error;
use rostrum_codec::live::Decoder;
use rostrum_media::testing::strength;
use tokio::sync::mpsc;

use crate::support::{client, make};

/// What comes out of the child for `bytes`, decoded to mono.
async fn stream(bytes: Vec<u8>) -> (Result<(), Error>, Vec<f32>) {
    let (sender, mut packets) = mpsc::channel(16);
    let (mut pipe, work) = client().live(sender).unwrap();
    let writing = std::thread::spawn(move || {
        for piece in bytes.chunks(1000) {
            if pipe.write_all(piece).is_err() {
                return;
            }
        }
    });
    let listening = async {
        let mut decoder = Decoder::new(1).unwrap();
        let mut pcm = Vec::new();
        while let Some(packet) = packets.recv().await {
            decoder.packet(&packet, &mut pcm).unwrap();
        }
        pcm
    };
    let (ended, pcm) = tokio::join!(work, listening);
    writing.join().unwrap();
    (ended, pcm)
}

#[tokio::test]
async fn an_encoders_mp3_and_aac_become_opus_as_they_come() {
    let dir = tempfile::tempdir().unwrap();
    let cases: [(&str, &[&str]); 3] = [
        ("tone.mp3", &["-ar", "44100", "-ac", "2", "-b:a", "128k"]),
        ("mono.mp3", &["-ar", "22050", "-ac", "1", "-b:a", "48k"]),
        ("tone.aac", &["-ar", "48000", "-ac", "2", "-b:a", "96k", "-f", "adts"]),
    ];
    for (name, options) in cases {
        let source = ["-f", "lavfi", "-i", "sine=frequency=440:duration=3"];
        let path = make(&dir, name, &[&source[..], options].concat());
        let (ended, pcm) = stream(std::fs::read(path).unwrap()).await;
        ended.unwrap();
        let seconds = pcm.len() as f32 / 48_000.0;
        assert!((2.9..3.3).contains(&seconds), "{name}: {seconds} s");
        let middle = &pcm[48_000..96_000];
        assert!(strength(middle, 440.0) > 0.08, "{name}: {}", strength(middle, 440.0));
        assert!(strength(middle, 660.0) < 0.01, "{name}");
    }
}

#[tokio::test]
async fn what_is_neither_is_refused_in_words() {
    let rubbish: Vec<u8> = (0..400_000u32).map(|n| (n * 7 % 251) as u8).collect();
    let (ended, pcm) = stream(rubbish).await;
    assert!(matches!(&ended, Err(Error::Rejected { reason }) if reason.contains("MP3")), "{ended:?}");
    assert!(pcm.is_empty());
    let (ended, _) = stream(Vec::new()).await;
    assert!(ended.is_ok(), "{ended:?}");
}

//! Files that lie, break off, point elsewhere or ask for too much: a sentence for a person, never a crash of ours.

use std::io::{Seek, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rostrum_codec::{Client, Error, Limits, Sink, TranscodeRequest};
use rostrum_media::Codec;
use rustix::fs::{FlockOperation, flock};
use tokio::sync::oneshot;

use crate::support::{TALK, client, make, open};

async fn refusal(path: &Path) -> String {
    match client().probe(open(path)).await {
        Err(Error::Rejected { reason }) => reason,
        other => panic!("{}: {other:?}", path.display()),
    }
}

async fn refusal_of(bytes: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::with_suffix(".mp4").unwrap();
    file.write_all(bytes).unwrap();
    refusal(file.path()).await
}

#[tokio::test]
async fn files_that_point_elsewhere_are_refused_whatever_their_name() {
    for bytes in [
        &b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"[..],
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=audio 5004 RTP/AVP 0\r\n",
        b"<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"/>",
        b"concat:/etc/passwd|/etc/hosts",
    ] {
        let reason = refusal_of(bytes).await;
        assert!(reason.starts_with("This is a playlist"), "{reason}");
    }
}

#[tokio::test]
async fn what_is_no_recording_is_refused_in_words() {
    let noise: Vec<u8> = (0..200_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for (bytes, words) in [
        (&b""[..], "empty"),
        (b"Dear diary, today I recorded nothing.", "text file"),
        (b"PK\x03\x04 and so on", "archive"),
        (&noise, "does not look like a recording"),
        (b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom\0\0\0\0", "damaged"),
        (b"\x1a\x45\xdf\xa3\xa3\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04", "damaged"),
        (b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff", "damaged"),
        (b"ID3\x03\0\0\x7f\x7f\x7f\x7f", "does not look like a recording"),
    ] {
        let reason = refusal_of(bytes).await;
        assert!(reason.contains(words), "{words}: {reason}");
        assert!(reason.ends_with('.') && !reason.contains("Error"), "{reason}");
    }
}

#[tokio::test]
async fn media_without_sound_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let args = ["-f", "lavfi", "-i", "testsrc=s=64x64:r=5:d=1", "-an"];
    for name in ["silent.mp4", "silent.mkv"] {
        let path = make(&dir, name, &[&args[..], &["-c:v", "mpeg4"]].concat());
        assert!(refusal(&path).await.starts_with("This file has no sound"));
    }
    let empty = make(&dir, "none.wav", &["-f", "lavfi", "-i", "anullsrc", "-t", "0"]);
    assert!(refusal(&empty).await.contains("0 seconds"));
}

#[tokio::test]
async fn a_codec_that_is_not_on_the_list_is_not_decoded() {
    let dir = tempfile::tempdir().unwrap();
    let path = make(&dir, "odd.mkv", &["-f", "lavfi", "-i", TALK, "-t", "1", "-c:a", "wavpack"]);
    let reason = refusal(&path).await;
    assert!(reason.contains("wavpack") && reason.contains("not accepted"), "{reason}");
}

#[tokio::test]
async fn a_file_that_breaks_off_is_used_as_far_as_it_goes() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["cut.wav", "cut.mp3", "cut.flac"] {
        let path = make(&dir, name, &["-f", "lavfi", "-i", TALK, "-t", "40"]);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let client = client();
        let probe = client.probe(open(&path)).await.unwrap();
        let analysis = client.analyse(open(&path), &probe).await.unwrap();
        assert!((15_000..25_000).contains(&analysis.duration_ms), "{name}: {} ms", analysis.duration_ms);
        if name != "cut.wav" {
            assert!(analysis.warnings.iter().any(|text| text.contains("cut off")), "{name}: {:?}", analysis.warnings);
        }
    }
}

/// An EBML file whose segment claims a block of 34 GB.
#[tokio::test]
async fn a_matroska_file_that_asks_for_gigabytes_gets_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = make(&dir, "huge.mkv", &["-f", "lavfi", "-i", TALK, "-t", "1", "-c:a", "libopus"]);
    let mut bytes = std::fs::read(&path).unwrap();
    let cluster = bytes.windows(4).position(|four| four == [0x1f, 0x43, 0xb6, 0x75]).unwrap();
    bytes.truncate(cluster + 4);
    bytes.extend([0x01, 0, 0, 0x08, 0, 0, 0, 0, 0xe7, 0x81, 0, 0xa3, 0x01, 0, 0, 0x07, 0xff, 0xff, 0xff, 0xff, 0x81]);
    std::fs::write(&path, bytes).unwrap();
    match client().probe(open(&path)).await {
        Err(Error::Rejected { .. } | Error::Crashed { .. } | Error::Limit { .. }) => {}
        other => panic!("{other:?}"),
    }
}

/// Any byte of a good file may be wrong: the child answers or dies, and the client says which.
#[tokio::test]
async fn damaged_files_never_hang_the_client() {
    let dir = tempfile::tempdir().unwrap();
    for (name, codec) in
        [("a.mp3", "libmp3lame"), ("a.m4a", "aac"), ("a.ogg", "libvorbis"), ("a.webm", "libopus"), ("a.flac", "flac")]
    {
        let path = make(&dir, name, &["-f", "lavfi", "-i", TALK, "-t", "1", "-c:a", codec]);
        let good = std::fs::read(&path).unwrap();
        for round in 0..6usize {
            let mut bytes = good.clone();
            for hit in 0..40 {
                let at = (round * 7919 + hit * hit * 104_729) % bytes.len().min(4000 + round * 2000);
                bytes[at] ^= (hit * 37 + round + 1) as u8;
            }
            std::fs::write(&path, &bytes).unwrap();
            let client = client();
            if let Ok(probe) = client.probe(open(&path)).await {
                match client.analyse(open(&path), &probe).await {
                    Ok(_) | Err(Error::Rejected { .. } | Error::Crashed { .. } | Error::Limit { .. }) => {}
                    Err(error) => panic!("{name} {round}: {error}"),
                }
            }
        }
    }
}

#[tokio::test]
async fn a_child_that_takes_too_long_is_ended() {
    let dir = tempfile::tempdir().unwrap();
    let path = make(&dir, "long.flac", &["-f", "lavfi", "-i", TALK, "-t", "300"]);
    let limits = Limits { wall_min: Duration::from_millis(100), wall_per_media: 0.0, ..Limits::default() };
    let probe = client().probe(open(&path)).await.unwrap();
    let hurried = Client::new(env!("CARGO_BIN_EXE_rostrum-media-child").into(), limits);
    assert!(matches!(hurried.analyse(open(&path), &probe).await, Err(Error::Timeout { after_ms: 100 })));
}

/// Counts packets and tells when the work is under way.
struct Counter {
    packets: Arc<AtomicU64>,
    under_way: Option<oneshot::Sender<()>>,
}

impl Sink for Counter {
    fn progress(&mut self, _done_ms: u64, _total_ms: u64) {
        if let Some(sender) = self.under_way.take() {
            let _ = sender.send(());
        }
    }

    fn packet(&mut self, _codec: Codec, _bytes: &[u8]) -> std::io::Result<()> {
        self.packets.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn restart(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_child_nobody_waits_for_is_ended() {
    let dir = tempfile::tempdir().unwrap();
    let path = make(&dir, "long.flac", &["-f", "lavfi", "-i", TALK, "-t", "300"]);
    let client = client();
    let probe = client.probe(open(&path)).await.unwrap();
    let analysis = client.analyse(open(&path), &probe).await.unwrap();
    let request = TranscodeRequest { renditions: vec![Codec::Mp3], ..TranscodeRequest::new(&probe, &analysis) };
    let packets = Arc::new(AtomicU64::new(0));
    let (sender, under_way) = oneshot::channel();
    let counter = Counter { packets: Arc::clone(&packets), under_way: Some(sender) };
    // The lock belongs to the open file the child holds: it is free again when the child is gone.
    let input = open(&path);
    flock(&input, FlockOperation::LockExclusive).unwrap();
    let job = tokio::spawn(async move { client.transcode(input, &request, counter).await.map(drop) });
    under_way.await.unwrap();
    job.abort();
    assert!(job.await.unwrap_err().is_cancelled());
    let other = open(&path);
    tokio::task::spawn_blocking(move || flock(&other, FlockOperation::LockExclusive)).await.unwrap().unwrap();
    let made = packets.load(Ordering::Relaxed);
    assert!(made < 300 * 48_000 / 1152 / 2, "it worked on: {made} packets");
}

/// A program in the child's place that answers nonsense is not believed.
#[tokio::test]
async fn an_answer_that_breaks_the_protocol_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let script = dir.path().join("liar");
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"x").unwrap();
    for (says, expected) in [
        (r"printf '\377\377\377\377\000'", "too long"),
        (r"printf '\003\000\000\000\000{x}'", "not understood"),
        (r"printf '\001\000\000\000\020\000'", "unwanted"),
    ] {
        std::fs::write(&script, format!("#!/bin/sh\n{says}\n")).unwrap();
        crate::support::run("chmod", &["755", script.to_str().unwrap()]);
        file.rewind().unwrap();
        let liar = Client::new(script.clone(), Limits::default());
        match liar.probe(file.try_clone().unwrap()).await {
            Err(Error::Misbehaved { detail }) => assert!(detail.contains(expected), "{detail}"),
            other => panic!("{other:?}"),
        }
    }
}

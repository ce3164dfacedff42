//! Whole jobs: what goes in is measured, encoded and packaged; programs that are not ours read the result.

use std::io::Cursor;

use rostrum_codec::{Mix, TranscodeRequest};
use rostrum_domain::chapter::Chapter;
use rostrum_media::{Codec, Stream, Tags, mp3, package, unpack};

use crate::peaks::PEAK_MAX_DBTP;
use crate::support::{TALK, client, decoded_s, ebur128, ffprobe, make, open, publish, run};

fn tags() -> Tags {
    let chapter = |start_ms, title: &str| Chapter {
        start_ms,
        title: title.into(),
        url: Some("https://example.org/c".into()),
        image: None,
        hidden: false,
    };
    Tags {
        title: "Über Flüsse".into(),
        artist: "Ada".into(),
        album: "Rivers".into(),
        date: "2026-02-03".into(),
        track: Some(7),
        comment: "What water does.".into(),
        url: "https://example.org/7".into(),
        artwork: None,
        chapters: vec![chapter(0, "Quelle"), chapter(4_000, "終わり"), chapter(9_000, "Mündung")],
    }
}

#[tokio::test]
async fn an_upload_becomes_three_renditions_that_others_can_read() {
    let dir = tempfile::tempdir().unwrap();
    let cover = make(&dir, "cover.jpg", &["-f", "lavfi", "-i", "testsrc=s=300x300", "-frames:v", "1"]);
    let input = make(&dir, "talk.wav", &["-f", "lavfi", "-i", TALK, "-t", "20"]);
    let tags = Tags { artwork: Some(std::fs::read(cover).unwrap()), ..tags() };
    let done = publish(&dir, &input, &tags).await;
    assert_eq!((done.analysis.mix, done.analysis.duration_ms), (Mix::Stereo, 20_000));
    assert_eq!(done.transcoded.waveform.data.iter().filter(|value| **value > 10).count().min(100), 100);
    for (codec, path) in &done.files {
        let facts = ffprobe(path);
        let duration: f64 = facts["format"]["duration"].as_str().unwrap().parse().unwrap();
        assert!((duration - 20.0).abs() < 0.05, "{codec:?} says {duration}");
        assert!((decoded_s(path) - 20.0).abs() < 0.05, "{codec:?} decodes to {}", decoded_s(path));
        let (loudness, peak) = ebur128(path);
        assert!((loudness + 16.0).abs() < 1.0, "{codec:?}: {loudness} LUFS");
        assert!(peak <= PEAK_MAX_DBTP, "{codec:?}: {peak} dBTP");
        let titles: Vec<_> =
            facts["chapters"].as_array().unwrap().iter().map(|c| c["tags"]["title"].as_str().unwrap()).collect();
        assert_eq!(titles, ["Quelle", "終わり", "Mündung"], "{codec:?}");
        assert_eq!(facts["chapters"][1]["start_time"].as_str().unwrap().parse::<f64>().unwrap(), 4.0, "{codec:?}");
        let audio =
            &facts["streams"].as_array().unwrap().iter().find(|stream| stream["codec_type"] == "audio").unwrap();
        let tag =
            |name: &str| facts["format"]["tags"][name].as_str().or(audio["tags"][name].as_str()).map(str::to_owned);
        let either = |name: &str| tag(name).or_else(|| tag(&name.to_uppercase()));
        assert_eq!(either("title").as_deref(), Some("Über Flüsse"), "{codec:?}");
        assert_eq!(either("artist").as_deref(), Some("Ada"), "{codec:?}");
        assert_eq!(audio["sample_rate"], "48000");
        let covers =
            facts["streams"].as_array().unwrap().iter().filter(|stream| stream["codec_name"] == "mjpeg").count();
        assert_eq!(covers, 1, "{codec:?}");
    }
}

/// Every whole frame of an MP3 behind its tag.
fn frames(path: &std::path::Path) -> Vec<(mp3::Header, Option<u16>)> {
    let bytes = std::fs::read(path).unwrap();
    let start = rostrum_media::id3::length(&bytes).unwrap() as usize;
    mp3::frames(&bytes[start..]).map(|(header, frame)| (header, mp3::reservoir_bytes(&header, frame))).collect()
}

#[tokio::test]
async fn mono_stays_mono_at_its_own_level_and_mp3_frames_stand_alone() {
    let dir = tempfile::tempdir().unwrap();
    let text = "The people who make radio know that silence carries as much meaning as speech, and that a cheap \
        microphone placed well beats a good one placed badly.";
    let input = dir.path().join("speech.wav");
    run("espeak-ng", &["-w", input.to_str().unwrap(), text]);
    let done = publish(&dir, &input, &tags()).await;
    assert_eq!((done.analysis.mix, done.probe.streams[0].channels), (Mix::Mono, 1));
    for (codec, path) in &done.files {
        let (loudness, peak) = ebur128(path);
        assert!((loudness + 19.0).abs() < 1.0, "{codec:?}: {loudness} LUFS");
        assert!(peak <= PEAK_MAX_DBTP, "{codec:?}: {peak} dBTP");
    }
    let frames = frames(&done.files[0].1);
    assert!(frames.len() > 100 && frames.iter().all(|(header, _)| header.bitrate == 96_000 && header.channels == 1));
    assert!(frames.iter().all(|(_, reservoir)| *reservoir == Some(0)), "a frame borrows from another");
}

#[tokio::test]
async fn two_equal_channels_are_one_and_a_silent_one_is_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let tone = "sine=f=300:r=48000:d=3";
    let dual = make(&dir, "dual.flac", &["-f", "lavfi", "-i", tone, "-af", "pan=stereo|c0=c0|c1=c0"]);
    let right = make(&dir, "right.wav", &["-f", "lavfi", "-i", tone, "-af", "pan=stereo|c0=0*c0|c1=c0"]);
    let client = client();
    let mut measured = Vec::new();
    for path in [&dual, &right] {
        let probe = client.probe(open(path)).await.unwrap();
        measured.push(client.analyse(open(path), &probe).await.unwrap());
    }
    assert_eq!((measured[0].mix, measured[1].mix), (Mix::Mono, Mix::Right));
    assert!((measured[0].loudness_lufs.unwrap() - measured[1].loudness_lufs.unwrap()).abs() < 0.05);
    assert_eq!(measured[1].warnings.len(), 1);
    let done = publish(&dir, &right, &Tags::default()).await;
    let (loudness, _) = ebur128(&done.files[1].1);
    assert!((loudness + 19.0).abs() < 1.0, "{loudness}");
}

/// Every container and codec a person may come with gives the same length and loudness.
#[tokio::test]
async fn what_people_upload_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let wav = make(&dir, "talk.wav", &["-f", "lavfi", "-i", TALK, "-t", "8", "-metadata", "title=Of water"]);
    let source = wav.to_str().unwrap();
    let client = client();
    let picture = ["-i", source, "-f", "lavfi", "-i", "testsrc=s=64x64:r=5:d=8"];
    for (name, args) in [
        ("a.mp3", &["-i", source, "-b:a", "128k"][..]),
        ("vbr.mp3", &["-i", source, "-q:a", "4", "-ar", "22050"]),
        ("a.m4a", &["-i", source, "-b:a", "96k"]),
        ("alac.m4a", &["-i", source, "-c:a", "alac"]),
        ("a.opus", &["-i", source]),
        ("a.ogg", &["-i", source, "-c:a", "libvorbis"]),
        ("a.flac", &["-i", source]),
        ("a.aiff", &["-i", source]),
        ("a.aac", &["-i", source]),
        ("a.caf", &["-i", source]),
        ("a.w64", &["-i", source]),
        ("rf64.wav", &["-i", source, "-rf64", "always", "-c:a", "pcm_s24le"]),
        ("float.wav", &["-i", source, "-c:a", "pcm_f32le"]),
        ("surround.flac", &["-i", source, "-af", "pan=5.1|FL=c0|FR=c1"]),
        ("a.webm", &["-i", source, "-c:a", "libopus"]),
        ("video.mkv", &[&picture[..], &["-c:v", "ffv1", "-c:a", "aac"]].concat()),
        ("video.mp4", &[&picture[..], &["-c:v", "mpeg4", "-c:a", "aac"]].concat()),
    ] {
        let path = make(&dir, name, args);
        let probe = client.probe(open(&path)).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let analysis = client.analyse(open(&path), &probe).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(analysis.duration_ms.abs_diff(8000) <= 60, "{name}: {} ms", analysis.duration_ms);
        // Raw AAC does not say how long it is; its size lets one guess.
        let slack_ms = if name == "a.aac" { 500 } else { 120 };
        assert!(probe.duration_ms.abs_diff(8000) <= slack_ms, "{name} says {} ms", probe.duration_ms);
        let loudness = analysis.loudness_lufs.unwrap();
        assert!((-26.0..-18.0).contains(&loudness), "{name}: {loudness}");
        assert_eq!(probe.has_video, name.starts_with("video"), "{name}");
        assert!(analysis.warnings.is_empty(), "{name}: {:?}", analysis.warnings);
        // Raw AAC carries no tags, and WAV-like files keep theirs where few look.
        if matches!(name, "a.mp3" | "a.m4a" | "a.opus" | "a.ogg" | "a.flac" | "a.webm" | "video.mkv") {
            assert_eq!(probe.title.as_deref(), Some("Of water"), "{name}");
        }
    }
}

#[tokio::test]
async fn measuring_in_pieces_gives_what_others_measure() {
    let dir = tempfile::tempdir().unwrap();
    for (name, codec) in
        [("long.mp3", "libmp3lame"), ("long.m4a", "aac"), ("long.opus", "libopus"), ("long.flac", "flac")]
    {
        let path = make(&dir, name, &["-f", "lavfi", "-i", TALK, "-t", "100", "-c:a", codec]);
        let client = client();
        let probe = client.probe(open(&path)).await.unwrap();
        let analysis = client.analyse(open(&path), &probe).await.unwrap();
        let (loudness, peak) = ebur128(&path);
        let difference = analysis.loudness_lufs.unwrap() - loudness;
        assert!(difference.abs() <= 0.1, "{name}: {difference} LU");
        assert!((analysis.true_peak_dbtp - peak).abs() < 0.4, "{name}: {} and {peak}", analysis.true_peak_dbtp);
        assert!(analysis.duration_ms.abs_diff(100_000) <= 60, "{name}: {} ms", analysis.duration_ms);
    }
}

#[tokio::test]
async fn hot_peaks_are_limited_and_the_loudness_still_met() {
    let dir = tempfile::tempdir().unwrap();
    let clicks = "aevalsrc=exprs='\
        0.08*sin(2*PI*220*t)*(0.4+abs(sin(PI*1.3*t)))+0.55*sin(2*PI*900*t)*lt(mod(t,0.7),0.012)|\
        0.07*sin(2*PI*210*t)*(0.4+abs(sin(PI*1.1*t)))+0.5*sin(2*PI*1100*t)*lt(mod(t,0.9),0.012)':s=48000";
    let input = make(&dir, "hot.wav", &["-f", "lavfi", "-i", clicks, "-t", "12"]);
    let done = publish(&dir, &input, &Tags::default()).await;
    let reached = done.transcoded.loudness_lufs.unwrap();
    assert!((reached + 16.0).abs() <= 0.5, "{reached}");
    assert!(done.analysis.gain_db + done.analysis.true_peak_dbtp > 1.0, "nothing to limit: {:?}", done.analysis);
    for (codec, path) in &done.files {
        let (loudness, peak) = ebur128(path);
        assert!((loudness + 16.0).abs() < 1.0 && peak <= PEAK_MAX_DBTP, "{codec:?}: {loudness} {peak}");
    }
}

#[tokio::test]
async fn new_tags_need_no_new_encoding() {
    let dir = tempfile::tempdir().unwrap();
    let input = make(&dir, "talk.wav", &["-f", "lavfi", "-i", TALK, "-t", "5"]);
    let done = publish(&dir, &input, &tags()).await;
    for (codec, path) in &done.files {
        let mut packets = Vec::new();
        let stream: Stream = unpack(*codec, open(path), &mut packets).unwrap();
        let renamed = Tags { title: "Another title".into(), chapters: Vec::new(), ..tags() };
        let again = path.with_extension(format!("again.{}", path.extension().unwrap().to_str().unwrap()));
        package(&stream, &renamed, Cursor::new(&packets), std::fs::File::create(&again).unwrap()).unwrap();
        let hash = |path: &std::path::Path| {
            run("ffmpeg", &["-v", "error", "-i", path.to_str().unwrap(), "-map", "0:a", "-f", "md5", "-"])
        };
        assert_eq!(hash(path), hash(&again), "{codec:?}");
        assert_eq!(ffprobe(&again)["chapters"].as_array().unwrap().len(), 0);
    }
}

#[tokio::test]
async fn only_what_is_asked_for_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let input = make(&dir, "talk.wav", &["-f", "lavfi", "-i", TALK, "-t", "2"]);
    let client = client();
    let probe = client.probe(open(&input)).await.unwrap();
    let analysis = client.analyse(open(&input), &probe).await.unwrap();
    let request = TranscodeRequest { renditions: vec![Codec::Opus], ..TranscodeRequest::new(&probe, &analysis) };
    let spool = rostrum_codec::Spool::new(vec![(Codec::Opus, tempfile::tempfile().unwrap())], |_, _| {});
    let (done, _) = client.transcode(open(&input), &request, spool).await.unwrap();
    assert_eq!(done.renditions.iter().map(|rendition| rendition.codec).collect::<Vec<_>>(), [Codec::Opus]);
}

#[tokio::test]
async fn a_gain_that_misses_the_target_is_corrected() {
    let dir = tempfile::tempdir().unwrap();
    let input = make(&dir, "talk.wav", &["-f", "lavfi", "-i", TALK, "-t", "6"]);
    let client = client();
    let probe = client.probe(open(&input)).await.unwrap();
    let analysis = client.analyse(open(&input), &probe).await.unwrap();
    let right = TranscodeRequest { renditions: vec![Codec::Opus], ..TranscodeRequest::new(&probe, &analysis) };
    for error_db in [-2.0, 2.0] {
        let request = TranscodeRequest { gain_db: right.gain_db + error_db, ..right.clone() };
        let spool = rostrum_codec::Spool::new(vec![(Codec::Opus, tempfile::tempfile().unwrap())], |_, _| {});
        let (done, spool) = client.transcode(open(&input), &request, spool).await.unwrap();
        assert!((done.loudness_lufs.unwrap() + 16.0).abs() <= 0.5, "{:?}", done.loudness_lufs);
        let (stream, data) = spool.finish(&done, 2).unwrap().remove(0);
        let path = dir.path().join("out.opus");
        package(&stream, &tags(), data, std::fs::File::create(&path).unwrap()).unwrap();
        assert!((decoded_s(&path) - 6.0).abs() < 0.05, "packets of the first pass are still there");
    }
}

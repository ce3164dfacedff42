//! What parent and child say to each other. Requests travel as one argument, replies as frames; nothing secret is in
//! either, and the parent checks every reply (`check`) before anyone else sees it.

use rostrum_domain::chapter::Chapter;
use rostrum_media::Codec;
use rostrum_media::limiter::Target;
use rostrum_media::sniff::Container;
use rostrum_media::wave::Waveform;
use serde::{Deserialize, Serialize};

/// Longest recording we take: 24 hours.
pub const DURATION_MS_MAX: u64 = 24 * 3_600_000;
/// Longest text taken from a file's tags, in characters.
pub(crate) const TAG_CHARS_MAX: usize = 500;
/// Most audio streams and chapters reported of one file.
pub(crate) const STREAMS_MAX: usize = 32;
pub(crate) const CHAPTERS_MAX: usize = 500;

/// One job for the child, with the bounds it sets itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Request {
    pub work: Work,
    /// Bytes of address space it may take beyond what it starts with.
    pub memory_bytes: u64,
    /// Seconds of processor time, all threads together.
    pub cpu_s: u64,
    /// How far it steps back behind the rest of the machine, 0 to 19.
    pub nice: u8,
    /// Process that started it; if that is gone, so is the job.
    pub parent: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Work {
    Probe,
    Analyse {
        container: Container,
        duration_ms: u64,
    },
    Transcode(TranscodeRequest),
    Artwork(ArtworkRequest),
    /// Decodes MP3 or AAC while it comes, and encodes it as Opus.
    Live,
    /// Puts on one layer of the sandbox, or none, and tries what that layer forbids.
    Try {
        attempt: Attempt,
        layer: Option<Wall>,
    },
}

/// A layer of the sandbox that a probe can wear alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Wall {
    Limits,
    Privileges,
    Landlock,
    Seccomp,
}

/// Something a decoder has no business doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Attempt {
    OpenFile,
    Connect,
    Execute,
    Allocate,
    WriteFile,
    ManyDescriptors,
    Spin,
    GainPrivileges,
    BeRead,
    OutliveParent,
    OpenPlaylist,
}

/// What a file turned out to hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// Its container, judged by its bytes.
    pub container: Container,
    /// Its audio; the first stream is the one that is used.
    pub streams: Vec<AudioStream>,
    /// Whether moving pictures are in it (which are left out).
    pub has_video: bool,
    /// Length in milliseconds as the file states it, zero if it does not.
    pub duration_ms: u64,
    /// Title found in its tags.
    pub title: Option<String>,
    /// Artist found in its tags.
    pub artist: Option<String>,
    /// Album found in its tags.
    pub album: Option<String>,
    /// Chapters found in it.
    pub chapters: Vec<Chapter>,
}

/// One stream of sound in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioStream {
    /// The codec's usual short name, as `mp3` or `pcm_s16le`.
    pub codec: String,
    /// In Hz.
    pub sample_rate: u32,
    /// How many channels.
    pub channels: u16,
}

/// Which channels of a file are delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mix {
    /// Both, as they are.
    Stereo,
    /// The mean of both, or the only one.
    Mono,
    /// The left one alone: the right is silent.
    Left,
    /// The right one alone: the left is silent.
    Right,
}

impl Mix {
    /// Channels that come out.
    pub const fn channels(self) -> u8 {
        if matches!(self, Self::Stereo) { 2 } else { 1 }
    }
}

/// What was measured of a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Length in milliseconds, decoded to the end.
    pub duration_ms: u64,
    /// Integrated loudness in LUFS (EBU R128) of what will be delivered; none for silence.
    pub loudness_lufs: Option<f64>,
    /// Loudness range in LU.
    pub range_lu: f64,
    /// Highest true peak in dBTP; −120 for silence.
    pub true_peak_dbtp: f64,
    /// Silence at the start, in milliseconds.
    pub silence_head_ms: u64,
    /// Silence at the end, in milliseconds.
    pub silence_tail_ms: u64,
    /// Which channels carry sound of their own.
    pub mix: Mix,
    /// Gain in dB that brings it to the target of its channel count behind the limiter.
    pub gain_db: f64,
    /// What a person should know of the file, in full sentences.
    pub warnings: Vec<String>,
}

/// What to make of a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TranscodeRequest {
    /// From the probe.
    pub container: Container,
    /// From the analysis; for progress and for the clock that ends a stuck job.
    pub duration_ms: u64,
    /// From the analysis.
    pub mix: Mix,
    /// From the analysis, or the correction of an earlier pass.
    pub gain_db: f64,
    /// Loudness and ceiling to meet.
    pub target: Target,
    /// What to make; each at most once.
    pub renditions: Vec<Codec>,
    /// How the encoders are set.
    pub settings: Settings,
}

impl TranscodeRequest {
    /// All three renditions at the usual target for the recording's channels.
    pub fn new(probe: &Probe, analysis: &Analysis) -> Self {
        Self {
            container: probe.container,
            duration_ms: analysis.duration_ms,
            mix: analysis.mix,
            gain_db: analysis.gain_db,
            target: Target::for_channels(analysis.mix.channels()),
            renditions: Codec::ALL.to_vec(),
            settings: Settings::default(),
        }
    }
}

/// Effort of the encoders; part of what says whether two jobs give the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Settings {
    /// LAME's quality, 0 (slow) to 9.
    pub mp3_effort: u8,
    /// Coder of libavcodec's AAC encoder, `fast` or `twoloop`.
    pub aac_coder: String,
    /// libopus's complexity, 0 to 10 (slow).
    pub opus_complexity: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Self { mp3_effort: 5, aac_coder: "fast".into(), opus_complexity: 9 }
    }
}

/// What a transcode came to; the packets went to the sink.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transcoded {
    /// Samples at 48 kHz in each rendition.
    pub samples: u64,
    /// Integrated loudness in LUFS behind the limiter, before encoding; none for silence.
    pub loudness_lufs: Option<f64>,
    /// Facts of each rendition.
    pub renditions: Vec<Rendition>,
    /// Peaks of what is heard.
    pub waveform: Waveform,
    /// What a person should know, in full sentences.
    pub warnings: Vec<String>,
}

/// What a container needs to know of an encoded stream besides its packets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendition {
    /// How it is encoded.
    pub codec: Codec,
    /// Samples before the first recorded one.
    pub delay: u32,
    /// AudioSpecificConfig of AAC.
    pub config: Vec<u8>,
    /// How many packets there are.
    pub packets: u64,
}

/// How a picture is made square.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// The middle is kept.
    Crop,
    /// All is kept, on a ground of the picture's own edge colour.
    Pad,
}

/// What to make of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtworkRequest {
    /// How it is made square.
    pub fit: Fit,
    /// Smallest side that is taken and largest that is made, in pixels (directories ask for 1400 to 3000).
    pub side_px: (u32, u32),
    /// Largest file, in bytes (Apple: 512 kB).
    pub bytes_max: usize,
}

impl ArtworkRequest {
    /// What podcast directories ask of a cover.
    pub fn cover(fit: Fit) -> Self {
        Self { fit, side_px: (1400, 3000), bytes_max: 512_000 }
    }
}

/// A square picture, ready to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artwork {
    /// The picture.
    pub jpeg: Vec<u8>,
    /// Its side, in pixels.
    pub side_px: u32,
    /// Its leading colour, `#rrggbb`.
    pub accent: String,
}

/// A layer of the sandbox, tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Layer {
    /// Its name.
    pub name: &'static str,
    /// Whether, alone, it stopped what it is there to stop.
    pub holds: bool,
    /// What was tried and what came of it.
    pub detail: String,
}

/// A frame of the child's that is not bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// The file is bad; words for a person.
    Refused {
        reason: String,
    },
    /// The child itself could not go on.
    Failed {
        detail: String,
    },
    /// The walls could not be put up.
    Unprotected {
        detail: String,
    },
    Progress {
        done_ms: u64,
    },
    Probed(Probe),
    Analysed(Analysis),
    Transcoded(Transcoded),
    Drawn {
        side_px: u32,
        accent: String,
    },
    /// A live stream has ended.
    Streamed,
    Tried {
        stopped: bool,
        detail: String,
    },
}

/// Text from a file: no control characters, bounded, trimmed; none if nothing is left.
pub(crate) fn clean_text(text: &str) -> Option<String> {
    let kept: String = text.chars().filter(|c| !c.is_control()).take(TAG_CHARS_MAX).collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// Checks of replies: a child that was taken over may say anything.
pub(crate) mod check {
    use super::{Analysis, CHAPTERS_MAX, DURATION_MS_MAX, Probe, STREAMS_MAX, Transcoded, clean_text};

    type Verdict = Result<(), &'static str>;

    fn require(good: bool, problem: &'static str) -> Verdict {
        if good { Ok(()) } else { Err(problem) }
    }

    fn decibels(values: &[f64]) -> bool {
        values.iter().all(|value| value.is_finite() && value.abs() <= 200.0)
    }

    pub(crate) fn probe(probe: &mut Probe) -> Verdict {
        require((1..=STREAMS_MAX).contains(&probe.streams.len()), "number of streams")?;
        require(probe.chapters.len() <= CHAPTERS_MAX, "number of chapters")?;
        require(probe.duration_ms <= DURATION_MS_MAX, "duration")?;
        let known = |codec: &str| codec.len() <= 32 && codec.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        require(probe.streams.iter().all(|stream| known(&stream.codec)), "codec name")?;
        for text in [&mut probe.title, &mut probe.artist, &mut probe.album] {
            *text = text.take().and_then(|text| clean_text(&text));
        }
        for chapter in &mut probe.chapters {
            chapter.title = clean_text(&chapter.title).unwrap_or_default();
        }
        Ok(())
    }

    pub(crate) fn analysis(analysis: &mut Analysis) -> Verdict {
        require(analysis.duration_ms <= DURATION_MS_MAX, "duration")?;
        let loudness = analysis.loudness_lufs.unwrap_or_default();
        let figures = [loudness, analysis.range_lu, analysis.true_peak_dbtp, analysis.gain_db];
        require(decibels(&figures), "measured figures")?;
        warnings(&mut analysis.warnings);
        Ok(())
    }

    pub(crate) fn transcoded(done: &mut Transcoded) -> Verdict {
        require(done.samples <= DURATION_MS_MAX * 48, "number of samples")?;
        require(decibels(&[done.loudness_lufs.unwrap_or_default()]), "loudness")?;
        let pairs = done.waveform.data.len();
        require(pairs <= 20_000 && pairs == done.waveform.length as usize * 2, "waveform")?;
        let sane = |rendition: &super::Rendition| rendition.delay <= 8192 && rendition.config.len() <= 64;
        require(done.renditions.iter().all(sane), "facts of a rendition")?;
        warnings(&mut done.warnings);
        Ok(())
    }

    fn warnings(warnings: &mut Vec<String>) {
        warnings.truncate(16);
        *warnings = warnings.iter().filter_map(|text| clean_text(text)).collect();
    }
}

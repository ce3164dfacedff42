//! Loudness, peak and drawing of a program whose stage was restarted and saw only a part of it: read from the fragments
//! that went out. The packets are our own encoder's, so that this process may decode them.

use std::fs::File;
use std::io::BufReader;

use bytes::Bytes;
use rostrum_codec::live::Decoder;
use rostrum_media::cmaf::Fragment;
use rostrum_media::gauge::Reading;
use rostrum_media::mixer::Watch;
use rostrum_media::wave::Waveform;

use crate::renditions::blocking;
use crate::renditions::fragments::next_box;
use crate::{App, Error};

/// Reads stored fragments of stereo Opus to their end.
pub(super) async fn measure(app: &App, key: &str) -> Result<(Reading, Waveform), Error> {
    let local = app.media.local(key, &app.scratch).await?;
    blocking(move || {
        let mut file = BufReader::with_capacity(1 << 20, File::open(local.path())?);
        let mut decoder = Decoder::new(2).map_err(Error::internal)?;
        let (mut watch, mut fragment, mut samples) = (Watch::default(), Vec::new(), Vec::new());
        while let Some((kind, bytes)) = next_box(&mut file)? {
            fragment.extend(bytes);
            if &kind != b"mdat" {
                continue;
            }
            let read = Fragment::read(&Bytes::from(std::mem::take(&mut fragment)));
            for frame in read.map(|read| read.frames).unwrap_or_default() {
                samples.clear();
                // A frame that cannot be decoded is heard as silence, and measured as that.
                let _silent = decoder.packet(&frame, &mut samples);
                watch.push(&samples);
            }
        }
        Ok((watch.reading(), watch.waveform()))
    })
    .await
}

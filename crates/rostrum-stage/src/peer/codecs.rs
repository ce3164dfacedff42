//! What the stage speaks: Opus with redundancy (RFC 2198) and negative acknowledgements; H.264 where a broadcaster
//! brings a picture.

use str0m::RtcConfig;
use str0m::format::CodecConfig;
use str0m::media::Pt;

/// The payload types that one connection agreed on.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Agreed {
    pub(crate) opus: Option<Pt>,
    pub(crate) red: Option<Pt>,
}

/// Builds on `config`; `video` also takes a picture.
pub(crate) fn offer(mut config: RtcConfig, video: bool) -> RtcConfig {
    let codecs = config.codec_config();
    codecs.clear();
    codecs.enable_opus(true, true);
    if video {
        codecs.enable_h264(true);
    }
    let mut params = codecs.params().to_vec();
    // Browsers resend lost audio when asked; str0m leaves that out of its defaults.
    params.iter_mut().for_each(|one| one.set_fb_nack(true));
    *codecs = CodecConfig::new_from_payload_params(params);
    config
}

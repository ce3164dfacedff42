//! Which addresses are answered here.

use http::Method;
use rostrum_media::hls::Name;
use rostrum_media::program::{Mount, Rendition};
use rostrum_wire::stage::Way;

/// What is asked for; the text is the room's word, slug or id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted<'a> {
    /// An endless stream.
    Mount(&'a str, Mount),
    /// The multivariant playlist.
    Playlists(&'a str),
    /// A rendition's media playlist.
    Playlist(&'a str, Rendition),
    /// A part, a segment or the init segment.
    File(&'a str, Rendition, Name),
    /// Server-sent events.
    Events(&'a str),
    /// An offer by this way.
    Join(&'a str, Way),
    /// The end of a connection.
    Leave(&'a str),
    /// Something under `/live/` that is not there.
    Nothing,
}

/// Renditions that HLS offers, the first to be tried first.
pub(crate) const HLS: [Rendition; 2] = [Rendition::Aac, Rendition::Opus];

/// What `path` asks for; none for what is passed on to web.
pub(crate) fn wanted<'a>(method: &Method, path: &'a str) -> Option<Wanted<'a>> {
    let mut parts = path.strip_prefix('/')?.split('/');
    let (root, room, rest) = (parts.next()?, parts.next().unwrap_or_default(), parts.next());
    let (tail, more) = (parts.next(), parts.next().is_some());
    let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    match (root, rest, tail) {
        _ if more || room.is_empty() => (root == "live").then_some(Wanted::Nothing),
        ("live", None, None) => {
            Some(Mount::parse(room).map_or(Wanted::Nothing, |(room, mount)| Wanted::Mount(room, mount)))
        }
        ("live", Some("events"), None) => Some(Wanted::Events(room)),
        ("live", Some("index.m3u8"), None) => Some(Wanted::Playlists(room)),
        ("live", Some(file), None) => Some(playlist(room, file)),
        ("live", Some(rendition), Some(file)) => Some(part(room, rendition, file)),
        ("whip", None, None) if !reads || *method == Method::OPTIONS => Some(Wanted::Join(room, Way::Whip)),
        ("whep", None, None) if !reads || *method == Method::OPTIONS => Some(Wanted::Join(room, Way::Whep)),
        ("rooms", Some("join"), None) if !reads || *method == Method::OPTIONS => Some(Wanted::Join(room, Way::Studio)),
        ("whip" | "whep", Some(session), None) => Some(Wanted::Leave(session)),
        ("rooms", Some("join"), Some(session)) => Some(Wanted::Leave(session)),
        _ => None,
    }
}

fn playlist<'a>(room: &'a str, file: &str) -> Wanted<'a> {
    let rendition = file.strip_suffix(".m3u8").and_then(Rendition::of).filter(|one| HLS.contains(one));
    rendition.map_or(Wanted::Nothing, |rendition| Wanted::Playlist(room, rendition))
}

fn part<'a>(room: &'a str, rendition: &str, file: &str) -> Wanted<'a> {
    let rendition = Rendition::of(rendition).filter(|one| HLS.contains(one));
    match (rendition, Name::parse(file)) {
        (Some(rendition), Some(name)) => Wanted::File(room, rendition, name),
        _ => Wanted::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_where_the_contract_says() {
        let get = |path| wanted(&Method::GET, path);
        assert_eq!(get("/live/talk.mp3"), Some(Wanted::Mount("talk", Mount::Mp3)));
        assert_eq!(get("/live/talk.low.opus"), Some(Wanted::Mount("talk", Mount::OpusLow)));
        assert_eq!(get("/live/talk/index.m3u8"), Some(Wanted::Playlists("talk")));
        assert_eq!(get("/live/talk/aac.m3u8"), Some(Wanted::Playlist("talk", Rendition::Aac)));
        let part = Name::Part { epoch: 2, chunk: 7 };
        assert_eq!(get("/live/talk/opus/2-7.m4s"), Some(Wanted::File("talk", Rendition::Opus, part)));
        assert_eq!(get("/live/talk/events"), Some(Wanted::Events("talk")));
        for nothing in
            ["/live/", "/live/talk", "/live/talk.flac", "/live/talk/mp3.m3u8", "/live/a/b/c/d", "/live/a/opus/x"]
        {
            assert_eq!(get(nothing), Some(Wanted::Nothing), "{nothing}");
        }
        let post = |path| wanted(&Method::POST, path);
        assert_eq!(post("/whip/talk"), Some(Wanted::Join("talk", Way::Whip)));
        assert_eq!(post("/rooms/talk/join"), Some(Wanted::Join("talk", Way::Studio)));
        assert_eq!(wanted(&Method::DELETE, "/whep/talk/s1"), Some(Wanted::Leave("s1")));
        assert_eq!(wanted(&Method::DELETE, "/rooms/talk/join/s1"), Some(Wanted::Leave("s1")));
        for web in ["/", "/shows/live", "/rooms/talk", "/rooms/talk/studio", "/livestock"] {
            assert_eq!(get(web), None, "{web}");
        }
    }
}

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
    /// A list that names an endless stream, for players.
    Entry(&'a str, Mount, List),
    /// All streams that may be listed, as Icecast tells of them.
    Status,
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

/// A form of list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    /// One address a line.
    M3u,
    /// Keys and values.
    Pls,
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
        _ if path == "/status-json.xsl" => Some(Wanted::Status),
        _ if more || room.is_empty() => (root == "live").then_some(Wanted::Nothing),
        ("live", None, None) => {
            let entry = || entry(room).unwrap_or(Wanted::Nothing);
            Some(Mount::parse(room).map_or_else(entry, |(room, mount)| Wanted::Mount(room, mount)))
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

/// A list of the mount before the ending; of a bare room, its MP3.
fn entry(file: &str) -> Option<Wanted<'_>> {
    let (mount, list) = [(".m3u", List::M3u), (".pls", List::Pls)]
        .into_iter()
        .find_map(|(ending, list)| file.strip_suffix(ending).map(|mount| (mount, list)))?;
    let (room, mount) = Mount::parse(mount).unwrap_or((mount, Mount::Mp3));
    (!room.is_empty() && !room.contains('.')).then_some(Wanted::Entry(room, mount, list))
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
        assert_eq!(get("/live/talk.low.opus.m3u"), Some(Wanted::Entry("talk", Mount::OpusLow, List::M3u)));
        assert_eq!(get("/live/talk.pls"), Some(Wanted::Entry("talk", Mount::Mp3, List::Pls)));
        assert_eq!(get("/live/talk.flac.pls"), Some(Wanted::Nothing));
        assert_eq!(get("/status-json.xsl"), Some(Wanted::Status));
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

//! What players and directories read about streams: lists that name one, and the status that Icecast gives.

use std::sync::Arc;

use http::{Response, StatusCode};
use rostrum_domain::Timestamp;
use rostrum_media::program::Mount;
use rostrum_wire::stage::Standing;
use serde_json::{Value, json};

use super::body::{Own, answer, whole};
use super::room::OnAir;
use super::route::List;

/// A list that names one stream by its whole address.
pub(super) fn entry(room: &OnAir, (mount, form): (Mount, List), base: &str) -> Response<Own> {
    let standing = room.standing();
    let (address, title) = (address(&standing, mount, base), title(&standing));
    let (kind, text) = match form {
        List::M3u => ("audio/x-mpegurl", format!("#EXTM3U\n#EXTINF:-1,{title}\n{address}\n")),
        List::Pls => {
            let text =
                format!("[playlist]\nNumberOfEntries=1\nFile1={address}\nTitle1={title}\nLength1=-1\nVersion=2\n");
            ("audio/x-scpls", text)
        }
    };
    answer(StatusCode::OK, (kind, "no-store"), whole(text))
}

fn address(standing: &Standing, mount: Mount, base: &str) -> String {
    format!("{base}/live/{}{}", standing.slug, mount.suffix())
}

/// What a room is called, on one line; its address where it does not say.
fn title(standing: &Standing) -> String {
    let title = standing.listed.as_ref().map_or(standing.slug.as_str(), |listed| listed.title.as_str());
    title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// What is on air, in the form of Icecast's `status-json.xsl`: the MP3 stream of each room, which counts for all.
pub(super) fn status(rooms: &[Arc<OnAir>], base: &str) -> Response<Own> {
    let sources: Vec<Value> = rooms.iter().map(|room| source(room, base)).collect();
    let value = json!({"icestats": {"server_id": "Rostrum", "source": sources}});
    answer(StatusCode::OK, ("application/json", "no-store"), whole(value.to_string()))
}

fn source(room: &OnAir, base: &str) -> Value {
    let (standing, mount) = (room.standing(), Mount::Mp3);
    let start = standing.live_at_us.and_then(|at| Timestamp::from_microsecond(at).ok()).map(|at| at.to_string());
    let (playing, listeners) = room.told();
    json!({
        "listenurl": address(&standing, mount, base),
        "server_name": title(&standing),
        "server_type": mount.mime(),
        "bitrate": mount.rendition().bitrate() / 1000,
        "samplerate": rostrum_media::SAMPLE_RATE,
        "channels": mount.rendition().channels(),
        "listeners": listeners,
        "stream_start_iso8601": start,
        "title": playing,
    })
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use rostrum_domain::Id;
    use rostrum_domain::room::RoomState;
    use rostrum_live::audience::AudienceEvent;
    use rostrum_media::hls::Epochs;
    use rostrum_wire::stage::Listed;

    use super::*;

    fn room(listed: Option<&str>) -> OnAir {
        let standing = Standing {
            room: Id::from_bits(1),
            slug: "talk".into(),
            state: RoomState::Live,
            epoch: 1,
            chunks: 0,
            epochs: Epochs::default(),
            live_at_us: Some(1_800_000_000_000_000),
            recording: true,
            sealed: false,
            listed: listed.map(|title| Listed { title: title.into() }),
        };
        OnAir::new(standing, crate::fan::Fan::start(1).unwrap())
    }

    async fn text(answer: Response<Own>) -> String {
        String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn lists_name_the_stream_by_its_whole_address() {
        let room = room(Some("Friday\ntalk"));
        let m3u = text(entry(&room, (Mount::Opus, List::M3u), "https://example.org")).await;
        assert_eq!(m3u, "#EXTM3U\n#EXTINF:-1,Friday talk\nhttps://example.org/live/talk.opus\n");
        let pls = text(entry(&room, (Mount::Mp3, List::Pls), "http://[::1]:8080")).await;
        assert!(pls.contains("\nFile1=http://[::1]:8080/live/talk.mp3\n"), "{pls}");
    }

    #[tokio::test]
    async fn the_status_is_what_icecast_gives() {
        let room = Arc::new(room(Some("Friday talk")));
        room.event(0, &AudienceEvent::Playing { title: "Ada - Rivers".into() });
        let status: Value = serde_json::from_str(&text(status(&[room], "http://h")).await).unwrap();
        let source = &status["icestats"]["source"][0];
        assert_eq!(source["listenurl"], "http://h/live/talk.mp3");
        assert_eq!(source["title"], "Ada - Rivers");
        assert_eq!((&source["server_name"], &source["listeners"]), (&json!("Friday talk"), &json!(0)));
        assert_eq!(source["stream_start_iso8601"], "2027-01-15T08:00:00Z");
    }
}

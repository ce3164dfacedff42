//! A show's rooms as its feed tells of them: pending, live, and ended until the episode is out.

use jiff::SignedDuration;
use rostrum_domain::Timestamp;
use rostrum_domain::episode::State;
use rostrum_domain::room::{Room, RoomState};
use rostrum_domain::show::Show;
use rostrum_feed::rss::{Alternate, LiveItem, LiveStatus};
use rostrum_store::{Tx, episode, room};

use super::path;
use crate::{App, Error};

/// Rooms a feed tells of at most.
const ROOMS_MAX: i64 = 20;
/// How long a room that did not begin, or whose episode is not out, stays in the feed.
const LATE: SignedDuration = SignedDuration::from_hours(3);
/// The endless streams beside the MP3: suffix, media type, bit rate, name, codecs.
const STREAMS: [(&str, &str, i64, &str, &str); 3] = [
    (".aac", "audio/aac", 64_000, "AAC", "mp4a.40.2"),
    (".opus", "audio/ogg", 48_000, "Opus", "opus"),
    ("/index.m3u8", "application/x-mpegURL", 0, "HLS", ""),
];

/// The public rooms that a show's feed tells of now.
pub(crate) async fn of_show(app: &App, tx: &mut Tx, show: &Show) -> Result<Vec<Room>, Error> {
    let since = app.now().checked_sub(LATE).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut rooms = room::listed(tx, Some(show.id), (since, ROOMS_MAX)).await?;
    rooms.retain(|room| start(room).is_some());
    for over in room::over(tx, show.id, since).await? {
        let out = match over.episode_id {
            Some(id) => episode::get(tx, id).await?.is_none_or(|episode| episode.state == State::Published),
            None => room::is_finished(tx, over.id).await?,
        };
        if !out {
            rooms.push(over);
        }
    }
    Ok(rooms)
}

fn start(room: &Room) -> Option<Timestamp> {
    room.live_at.or(room.facts.starts_at)
}

/// What the feed says of a room.
pub(crate) fn item<'a>(app: &App, room: &'a Room) -> Option<LiveItem<'a>> {
    let stream = |suffix: &str| app.address(&format!("/live/{}{suffix}", room.slug));
    let alternate = |(suffix, mime, bitrate, title, codecs)| Alternate {
        url: stream(suffix),
        bytes: 0,
        mime,
        bitrate,
        title,
        codecs,
        sha256_hex: "",
        default: false,
    };
    Some(LiveItem {
        guid: format!("{}-live", room.id),
        title: &room.facts.title,
        description: &room.facts.description,
        status: match room.state {
            RoomState::Scheduled | RoomState::GreenRoom => LiveStatus::Pending,
            RoomState::Live => LiveStatus::Live,
            RoomState::Ended => LiveStatus::Ended,
        },
        start: start(room)?,
        end: room.ended_at,
        page_url: app.address(&path(room)),
        stream_url: stream(".mp3"),
        alternates: STREAMS.into_iter().map(alternate).collect(),
    })
}

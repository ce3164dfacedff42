//! Samples of the pages of a room.

use rostrum_domain::room::{ChatRule, RoomState};

use super::{LONG, RTL, Rendered, UNBROKEN, art, page, render, signed_in, when};
use crate::views::room::{RoomFace, RoomPage, StudioPage};
use crate::views::{Page, Sampled};

pub(super) fn all() -> Vec<Rendered> {
    [render::<RoomPage>(), render::<StudioPage>()].into_iter().flatten().collect()
}

fn face(state: RoomState) -> RoomFace {
    RoomFace {
        word: "the-last-ferry".into(),
        title: "The last ferry, live from the quay".into(),
        description: "Captain Mette Holm takes your questions on her last evening at the wheel.".into(),
        show: "Harbour Talk".into(),
        show_path: "/shows/harbour-talk".into(),
        lang: "en".into(),
        art: art("Harbour Talk"),
        state,
        starts: Some(when(0)),
        seats: 13,
        delay_s: 10,
        chat: ChatRule::Everyone,
        hands: true,
        shows_count: true,
    }
}

fn titled(page: Page, room: &RoomFace) -> Page {
    Page { title: room.title.clone(), ..page }
}

impl Sampled for RoomPage {
    const NAME: &'static str = "room";

    fn samples() -> Vec<(&'static str, Self)> {
        let of = |room: RoomFace| {
            let page = titled(page("", "/rooms/the-last-ferry"), &room);
            let calendar = Some("/shows/harbour-talk/calendar.ics".into());
            Self { page, room, calendar, draft: None, coming: false, studio: false }
        };
        let live = of(face(RoomState::Live));
        let scheduled = of(face(RoomState::Scheduled));
        let green = Self { studio: true, ..of(RoomFace { starts: None, ..face(RoomState::GreenRoom) }) };
        let ended = of(face(RoomState::Ended));
        let coming = Self { coming: true, ..ended.clone() };
        let draft = Self { draft: Some("/admin/episodes/01J".into()), studio: true, ..ended.clone() };
        let quiet = RoomFace { hands: false, chat: ChatRule::Off, shows_count: false, ..face(RoomState::Live) };
        let long = RoomFace { title: LONG.into(), description: UNBROKEN.into(), show: LONG.into(), ..quiet.clone() };
        let rtl = RoomFace { title: RTL.into(), lang: "ar".into(), chat: ChatRule::SignedIn, ..face(RoomState::Live) };
        vec![
            ("live", live),
            ("scheduled", scheduled),
            ("green", green),
            ("ended", ended),
            ("coming", coming),
            ("draft", draft),
            ("long", of(long)),
            ("rtl", of(rtl)),
        ]
    }
}

impl Sampled for StudioPage {
    const NAME: &'static str = "studio-room";

    fn samples() -> Vec<(&'static str, Self)> {
        let path = "/rooms/the-last-ferry/studio";
        let of = |room: RoomFace, page: Page, member| Self { page: titled(page, &room), room, member };
        let long = RoomFace { title: LONG.into(), ..face(RoomState::Live) };
        vec![
            ("host", of(face(RoomState::GreenRoom), signed_in("", path), true)),
            ("guest", of(face(RoomState::GreenRoom), page("", path), false)),
            ("long", of(long, signed_in("", path), true)),
            ("ended", of(face(RoomState::Ended), page("", path), false)),
        ]
    }
}

//! Samples of the studio's pages about live rooms.

use rostrum_domain::Problems;
use rostrum_domain::room::{Badge, RoomState, StageRole};

use super::{LONG, RTL, Rendered, UNBROKEN, render, signed_in, when};
use crate::forms;
use crate::views::admin::room::{EditRoom, InviteLine, NewRoom, RoomLine, Rooms, WrittenLine};
use crate::views::{Form, Pager, Sampled};

pub(super) fn all() -> Vec<Rendered> {
    [render::<Rooms>(), render::<NewRoom>(), render::<EditRoom>()].into_iter().flatten().collect()
}

fn line(title: &str, state: RoomState) -> RoomLine {
    RoomLine {
        path: "/admin/rooms/the-last-ferry".into(),
        title: title.into(),
        show: "Harbour Talk".into(),
        state,
        at: Some(when(1)),
        peak: (state >= RoomState::Live).then_some(1_204),
    }
}

impl Sampled for Rooms {
    const NAME: &'static str = "rooms";

    fn samples() -> Vec<(&'static str, Self)> {
        let states = [RoomState::Live, RoomState::GreenRoom, RoomState::Scheduled, RoomState::Ended];
        let mut rooms: Vec<_> = states.into_iter().map(|state| line("The last ferry", state)).collect();
        rooms.extend([line(LONG, RoomState::Ended), line(RTL, RoomState::Scheduled)]);
        let page = signed_in("Live", "/admin/rooms");
        let pager = Pager { page: 1, pages: 2, total: 36, stem: "/admin/rooms?page=".into() };
        let usual = Self { page, rooms, may_plan: true, pager };
        let empty = Self { rooms: Vec::new(), may_plan: false, ..usual.clone() };
        vec![("usual", usual), ("empty", empty)]
    }
}

impl Sampled for NewRoom {
    const NAME: &'static str = "room-new";

    fn samples() -> Vec<(&'static str, Self)> {
        let shows = vec![("harbour-talk".into(), "Harbour Talk".into()), ("long".into(), LONG.into())];
        let usual = Self { page: signed_in("Plan a room", "/admin/rooms"), form: forms::room::blank(), shows };
        let wrong = Form::new([("title", UNBROKEN), ("seats", "99")])
            .with(Problems::one("seats", "A stage has 1 to 20 seats."));
        vec![("usual", usual.clone()), ("refused", Self { form: wrong, ..usual })]
    }
}

impl Sampled for EditRoom {
    const NAME: &'static str = "room-edit";

    fn samples() -> Vec<(&'static str, Self)> {
        let invite = |label: &str, good: bool| InviteLine {
            id: "01J".into(),
            label: label.into(),
            role: StageRole::CoHost,
            once: good,
            uses: 1,
            expires: when(-7),
            good,
        };
        let usual = Self {
            page: signed_in("The last ferry", "/admin/rooms/the-last-ferry"),
            path: "/admin/rooms/the-last-ferry".into(),
            public_path: "/rooms/the-last-ferry".into(),
            studio_path: "/rooms/the-last-ferry/studio".into(),
            title: "The last ferry, live from the quay".into(),
            show: "Harbour Talk".into(),
            state: RoomState::Scheduled,
            form: forms::room::blank(),
            episode_path: None,
            lines: Vec::new(),
            older: None,
            invites: vec![invite("Mette Holm", true), invite("", false), invite(LONG, true)],
            invite_form: Form::new([("role", "speaker"), ("once", "on"), ("hours", "168")]),
            fresh: Some("https://radio.example/rooms/the-last-ferry/studio?invite=3q2-7wAAAAAA".into()),
            may_edit: true,
        };
        let line = |name: &str, badge: Badge, text: &str| WrittenLine {
            id: "01J".into(),
            at_ms: 61_000,
            name: name.into(),
            badge,
            text: text.into(),
        };
        let lines = vec![
            line("Mette Holm", Badge::Host, "Good evening from the quay."),
            line(RTL, Badge::SignedIn, RTL),
            line("Jonas", Badge::Guest, UNBROKEN),
        ];
        let live =
            Self { state: RoomState::Live, fresh: None, lines, older: Some("?after=01J".into()), ..usual.clone() };
        let over = Self {
            state: RoomState::Ended,
            episode_path: Some("/admin/episodes/01J".into()),
            title: LONG.into(),
            ..live.clone()
        };
        let viewer = Self { may_edit: false, title: RTL.into(), ..live.clone() };
        vec![("usual", usual), ("live", live), ("over", over), ("viewer", viewer)]
    }
}

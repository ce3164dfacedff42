//! Samples of the studio's pages about the house: dashboard, uploads, jobs, people, account, log, style guide.

use rostrum_domain::Problems;
use rostrum_domain::episode::State;
use rostrum_domain::job::JobState;
use rostrum_domain::user::Role;

use super::{LONG, RTL, Rendered, UNBROKEN, render, signed_in, when};
use crate::views::admin::account::{Account, SessionLine, TokenLine};
use crate::views::admin::audit::{Audit, Change, Entry};
use crate::views::admin::dashboard::{Dashboard, Step};
use crate::views::admin::people::{FreshLink, People, PersonLine};
use crate::views::admin::styleguide::Styleguide;
use crate::views::admin::work::{Jobs, UploadLine, Uploads};
use crate::views::admin::{EpisodeLine, JobLine};
use crate::views::{Flash, FlashKind, Form, Page, Pager, Sampled};
use crate::words::say;

pub(super) fn all() -> Vec<Rendered> {
    [
        render::<Dashboard>(),
        render::<Uploads>(),
        render::<Jobs>(),
        render::<People>(),
        render::<Account>(),
        render::<Audit>(),
        render::<Styleguide>(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) fn job(at: u32, state: JobState) -> JobLine {
    let running = state == JobState::Running;
    JobLine {
        id: format!("01K{at:0>23}"),
        what: say("job-transcode").with("title", "The last ferry, and who still takes it").into(),
        path: Some("/admin/episodes/01J".into()),
        show: "Harbour Talk".into(),
        state,
        percent: running.then_some(62),
        detail: if running { "14 × real time, 0:40 left".into() } else { String::new() },
        error: (state == JobState::Failed)
            .then(|| "This file ends in the middle: 41 of 73 MB are there. Upload it again.".into()),
        attempts: if state == JobState::Failed { 5 } else { 1 },
        created: when(0),
    }
}

pub(super) fn line(title: &str, state: State, blockers: usize) -> EpisodeLine {
    let out = matches!(state, State::Published | State::Scheduled);
    EpisodeLine {
        path: "/admin/episodes/01J".into(),
        public_path: out.then(|| "/shows/harbour-talk/episode-1".into()),
        title: title.into(),
        show: "Harbour Talk".into(),
        state,
        at: out.then(|| when(0)),
        updated: when(2),
        duration_ms: (blockers == 0).then_some(1_853_000),
        numbering: "S2 · E14".into(),
        blockers,
    }
}

impl Sampled for Dashboard {
    const NAME: &'static str = "dashboard";

    fn samples() -> Vec<(&'static str, Self)> {
        let step = |text: &str, why: &str, done| Step {
            text: text.into(),
            why: why.into(),
            path: "/admin/shows/new".into(),
            done,
        };
        let steps = vec![
            step("Make the first show", "A title, a language, who makes it.", true),
            step("Give it a picture", "Square, 1400 px or more; directories ask for it.", true),
            step("Upload a recording", "The house levels and encodes it.", false),
            step("Publish the first episode", "It appears on the pages and in the feed at once.", false),
        ];
        let empty = Self {
            page: signed_in("Dashboard", "/admin"),
            steps: steps.clone(),
            drafts: Vec::new(),
            scheduled: Vec::new(),
            published: Vec::new(),
            running: Vec::new(),
            failing: Vec::new(),
        };
        let busy = Self {
            steps: Vec::new(),
            drafts: vec![line("Salt, rope and a borrowed accordion", State::Draft, 2), line("", State::Draft, 4)],
            scheduled: vec![line("A night with the crane drivers", State::Scheduled, 0)],
            published: vec![line("The last ferry, and who still takes it", State::Published, 0)],
            running: vec![job(1, JobState::Running), job(2, JobState::Ready)],
            failing: vec![job(3, JobState::Failed)],
            ..empty.clone()
        };
        let long =
            Self { steps, drafts: vec![line(LONG, State::Draft, 1), line(RTL, State::Draft, 0)], ..busy.clone() };
        vec![("busy", busy), ("empty", empty), ("long", long)]
    }
}

impl Sampled for Uploads {
    const NAME: &'static str = "uploads";

    fn samples() -> Vec<(&'static str, Self)> {
        let upload = UploadLine {
            id: "01K".into(),
            name: format!("{UNBROKEN}.wav"),
            show: "Harbour Talk".into(),
            received: 412_000_000,
            total: 1_280_000_000,
            expires: when(-1),
        };
        let usual = Self {
            page: signed_in("Uploads", "/admin/uploads"),
            shows: vec![("harbour-talk".into(), "Harbour Talk".into()), ("long".into(), LONG.into())],
            chosen: String::new(),
            unfinished: vec![upload],
            room: "412 GB".into(),
            largest: "8 GB".into(),
            jobs: vec![job(1, JobState::Running), job(2, JobState::Done)],
        };
        let none = Self { shows: Vec::new(), unfinished: Vec::new(), jobs: Vec::new(), ..usual.clone() };
        vec![("usual", usual), ("none", none)]
    }
}

impl Sampled for Jobs {
    const NAME: &'static str = "jobs";

    fn samples() -> Vec<(&'static str, Self)> {
        let states = [JobState::Running, JobState::Ready, JobState::Failed, JobState::Done, JobState::Cancelled];
        let many = (0..100).map(|at| job(at, states[at as usize % states.len()])).collect();
        let usual = Self {
            page: signed_in("Jobs", "/admin/jobs"),
            state: String::new(),
            jobs: states.iter().zip(1..).map(|(state, at)| job(at, *state)).collect(),
            pager: Pager { page: 1, pages: 3, total: 500, stem: "/admin/jobs?page=".into() },
        };
        let empty = Self { jobs: Vec::new(), state: "failed".into(), pager: Pager::default(), ..usual.clone() };
        vec![("usual", usual.clone()), ("empty", empty), ("many", Self { jobs: many, ..usual })]
    }
}

impl Sampled for People {
    const NAME: &'static str = "people";

    fn samples() -> Vec<(&'static str, Self)> {
        let person = |name: &str, email: &str, role| PersonLine {
            id: format!("01P{}", email.len()),
            name: name.into(),
            email: email.into(),
            role,
            disabled: false,
            invited: name.is_empty(),
            is_viewer: role == Role::Owner,
            seen: (!name.is_empty()).then(|| when(1)),
            may_change: role != Role::Owner,
        };
        let usual = Self {
            page: signed_in("People", "/admin/people"),
            query: String::new(),
            people: vec![
                person("Ada Lindqvist", "ada@example.org", Role::Owner),
                person("Mette Holm", "mette.holm@example.org", Role::Creator),
                person("", "new@example.org", Role::Creator),
                PersonLine { disabled: true, ..person(UNBROKEN, &format!("{UNBROKEN}@example.org"), Role::Admin) },
            ],
            invite: Form::default(),
            link: None,
            may_manage_admins: true,
        };
        let link = FreshLink {
            url: "https://radio.example/invite/7hN3kq0Yw2v8Zr5tXb1cJd6fLm9pSgAeUiOyKxQwRt".into(),
            email: "new@example.org".into(),
            expires: when(-7),
            mailed: false,
        };
        let invite = Form::new([("email", "ada@")]).with(Problems::one("email", "This is not an e-mail address."));
        let fresh = Self { link: Some(link), ..usual.clone() };
        let wrong = Self { invite, may_manage_admins: false, people: Vec::new(), query: "x".into(), ..usual.clone() };
        vec![("usual", usual), ("fresh", fresh), ("wrong", wrong)]
    }
}

impl Sampled for Account {
    const NAME: &'static str = "account";

    fn samples() -> Vec<(&'static str, Self)> {
        let session = |id: &str, browser: &str, here| SessionLine {
            id: id.into(),
            browser: browser.into(),
            created: when(20),
            seen: when(0),
            here,
        };
        let token = TokenLine {
            id: "01T".into(),
            name: "Upload script on the studio computer".into(),
            scopes: vec!["read".into(), "write".into()],
            created: when(40),
            expires: Some(when(-50)),
            used: Some(when(0)),
        };
        let usual = Self {
            page: signed_in("Account", "/admin/account"),
            email: "ada@example.org".into(),
            profile: Form::new([("name", "Ada Lindqvist")]),
            address: Form::default(),
            can_mail: true,
            waiting: Some(("ada@example.net".into(), when(-1))),
            password: Form::default(),
            sessions: vec![session("1", "Firefox on Linux", true), session("2", "Safari on iPhone", false)],
            tokens: vec![token],
            token_form: Form::new([("days", "90")]),
            fresh_token: None,
        };
        let fresh = Self {
            fresh_token: Some("rostrum_01T_9vJ2mQ7xK4bN8cR1tW5yZ3sD6fG0hLpA".into()),
            password: Form::default().with(Problems::one("current", "This is not your present password.")),
            page: Page {
                flash: Some(Flash { kind: FlashKind::Failed, text: "The password was not changed.".into() }),
                ..usual.page.clone()
            },
            ..usual.clone()
        };
        vec![("usual", usual), ("fresh", fresh)]
    }
}

impl Sampled for Audit {
    const NAME: &'static str = "audit";

    fn samples() -> Vec<(&'static str, Self)> {
        let change = |field: &str, values: Option<(&str, &str)>| Change {
            field: field.into(),
            values: values.map(|(before, after)| (before.into(), after.into())),
        };
        let entry = |who: &str, action: &str, target: &str| Entry {
            at: when(0),
            who: who.into(),
            action: action.into(),
            role: String::new(),
            target: target.into(),
            changes: match action {
                "show-changed" => vec![change("title", Some(("Harbour talk", LONG))), change("description", None)],
                _ => Vec::new(),
            },
            from: "2001:db8:85a3::8a2e:370:7334".into(),
        };
        let usual = Self {
            page: signed_in("Audit log", "/admin/audit"),
            query: String::new(),
            about: "show".into(),
            entries: vec![
                entry("Ada Lindqvist", "episode-published", "The last ferry, and who still takes it"),
                entry("Mette Holm", "show-changed", LONG),
                entry("Somebody", "sign-in-failed", "Mette Holm"),
                entry("The operator", "tides-turned", "the sea"),
            ],
            pager: Pager { page: 2, pages: 9, total: 430, stem: "/admin/audit?page=".into() },
        };
        let none = Self { entries: Vec::new(), pager: Pager::default(), query: "zzz".into(), ..usual.clone() };
        vec![("usual", usual), ("none", none)]
    }
}

impl Sampled for Styleguide {
    const NAME: &'static str = "styleguide";

    fn samples() -> Vec<(&'static str, Self)> {
        vec![("usual", Self::new(signed_in("Style guide", "/admin/styleguide")))]
    }
}

//! Samples of the studio's pages about shows and episodes.

use rostrum_domain::Problems;
use rostrum_domain::edit::Trim;
use rostrum_domain::episode::State;
use rostrum_domain::job::JobState;
use rostrum_domain::user::Membership;

use super::studio::{job, line};
use super::{LONG, RTL, Rendered, UNBROKEN, art, render, signed_in, wave, when};
use crate::views::admin::episode::{EditEpisode, EraseRecording, NewEpisode, Sound, TranscriptLine};
use crate::views::admin::recording::{EditRecording, Mix};
use crate::views::admin::show::{EditShow, Episodes, MemberLine, NewShow, ShowLine, Shows};
use crate::views::episode::Download;
use crate::views::parts::LinkText;
use crate::views::{Flash, FlashKind, Form, Pager, Sampled};

pub(super) fn all() -> Vec<Rendered> {
    [
        render::<Shows>(),
        render::<NewShow>(),
        render::<EditShow>(),
        render::<Episodes>(),
        render::<NewEpisode>(),
        render::<EraseRecording>(),
        render::<EditRecording>(),
        render::<EditEpisode>(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl Sampled for Shows {
    const NAME: &'static str = "admin-shows";

    fn samples() -> Vec<(&'static str, Self)> {
        let show = |title: &str, blockers| ShowLine {
            path: "/admin/shows/harbour-talk".into(),
            public_path: "/shows/harbour-talk".into(),
            title: title.into(),
            art: art(title),
            published: 42,
            drafts: 3,
            membership: "Manager".into(),
            blockers,
        };
        let usual = Self {
            page: signed_in("Shows", "/admin/shows"),
            query: String::new(),
            shows: vec![show("Harbour Talk", 0), show("Night Watch", 2), show(LONG, 0), show(RTL, 0)],
        };
        let empty = Self { shows: Vec::new(), ..usual.clone() };
        let none = Self { query: UNBROKEN.into(), ..empty.clone() };
        vec![("usual", usual), ("empty", empty), ("none", none)]
    }
}

impl Sampled for NewShow {
    const NAME: &'static str = "admin-show-new";

    fn samples() -> Vec<(&'static str, Self)> {
        let usual = Self { page: signed_in("New show", "/admin/shows/new"), form: Form::new([("language", "en")]) };
        let form = Form::new([("title", ""), ("language", "English")]).with(two_problems());
        vec![("usual", usual.clone()), ("wrong", Self { form, ..usual })]
    }
}

fn two_problems() -> Problems {
    let mut problems = Problems::one("title", "Please fill this in.");
    problems.add("language", "Use a language tag such as en, de or pt-BR.");
    problems
}

fn show_form() -> Form {
    Form::new([
        ("title", "Harbour Talk"),
        ("subtitle", "Conversations from the quay, every Friday."),
        ("description", "People who work where the land stops.\n\nRecorded *outdoors*, in any weather."),
        ("author", "Ada Lindqvist"),
        ("language", "en"),
        ("slug", "harbour-talk"),
        ("category1", "Society & Culture > Documentary"),
        ("kind", "episodic"),
        ("medium", "podcast"),
        ("locked", "on"),
        ("update_text", "Every Friday"),
        ("update_rule", "FREQ=WEEKLY;BYDAY=FR"),
        ("persons", "Ada Lindqvist | host | https://example.org/ada\nNour Haddad | sound designer"),
        ("funding", "https://example.org/coffee | Buy us a coffee"),
        ("version", "7"),
    ])
}

fn edit_show() -> EditShow {
    let member = |name: &str, membership| MemberLine {
        user_id: name.to_lowercase().replace(' ', "-"),
        name: name.into(),
        email: format!("{}@example.org", name.len()),
        membership,
    };
    EditShow {
        page: signed_in("Harbour Talk", "/admin/shows/harbour-talk"),
        path: "/admin/shows/harbour-talk".into(),
        public_path: "/shows/harbour-talk".into(),
        title: "Harbour Talk".into(),
        form: show_form(),
        art: art("Harbour Talk"),
        art_note: "3000 × 3000 px, 412 kB".into(),
        art_problems: Problems::default(),
        lacking: Vec::new(),
        feed_url: "https://radio.example/shows/harbour-talk/feed.xml".into(),
        feed_preview: "<channel>\n  <title>Harbour Talk</title>\n  <podcast:locked>yes</podcast:locked>\n</channel>"
            .into(),
        blockers: Problems::default(),
        members: vec![member("Ada Lindqvist", Membership::Manager), member("Mette Holm", Membership::Editor)],
        member_form: Form::default(),
        may_manage: true,
        episodes: 42,
    }
}

impl Sampled for EditShow {
    const NAME: &'static str = "admin-show";

    fn samples() -> Vec<(&'static str, Self)> {
        let mut problems = two_problems();
        problems.add("categories", "Choose one to three categories.");
        problems.add("owner_email", "This is not an e-mail address, as in ada@example.org.");
        let wrong = EditShow {
            form: show_form().with(problems),
            art_problems: Problems::one("artwork", "This picture is 900 px wide; 1400 px are needed."),
            blockers: Problems::one("artwork", "The show needs artwork: a square picture, 1400 px or more."),
            members: Vec::new(),
            lacking: lacking(),
            art_note: String::new(),
            ..edit_show()
        };
        let viewer = EditShow { may_manage: false, title: LONG.into(), ..edit_show() };
        vec![("usual", edit_show()), ("wrong", wrong), ("viewer", viewer)]
    }
}

impl Sampled for Episodes {
    const NAME: &'static str = "admin-episodes";

    fn samples() -> Vec<(&'static str, Self)> {
        let states = [State::Draft, State::Scheduled, State::Published, State::Unpublished];
        let titles = ["Salt, rope and a borrowed accordion", LONG, RTL, "", UNBROKEN];
        let lines = |count: usize| {
            (0..count).map(|at| line(titles[at % titles.len()], states[at % states.len()], at % 3)).collect::<Vec<_>>()
        };
        let usual = Self {
            page: signed_in("Episodes of Harbour Talk", "/admin/shows/harbour-talk/episodes"),
            path: "/admin/shows/harbour-talk".into(),
            title: "Harbour Talk".into(),
            public_path: "/shows/harbour-talk".into(),
            query: String::new(),
            state: String::new(),
            episodes: lines(8),
            pager: Pager { page: 1, pages: 2, total: 42, stem: "/admin/shows/harbour-talk/episodes?page=".into() },
            may_edit: true,
        };
        let empty = Self { episodes: Vec::new(), pager: Pager::default(), ..usual.clone() };
        let none = Self { state: "draft".into(), may_edit: false, ..empty.clone() };
        let many = Self { episodes: lines(500), ..usual.clone() };
        vec![("usual", usual), ("empty", empty), ("none", none), ("many", many)]
    }
}

impl Sampled for NewEpisode {
    const NAME: &'static str = "admin-episode-new";

    fn samples() -> Vec<(&'static str, Self)> {
        let usual = Self {
            page: signed_in("New episode", "/admin/shows/harbour-talk/episodes/new"),
            show_path: "/admin/shows/harbour-talk".into(),
            show: "Harbour Talk".into(),
            form: Form::default(),
        };
        let form = Form::default().with(Problems::one("title", "Please fill this in."));
        vec![("usual", usual.clone()), ("wrong", Self { form, show: LONG.into(), ..usual })]
    }
}

impl Sampled for EraseRecording {
    const NAME: &'static str = "admin-episode-erase";

    fn samples() -> Vec<(&'static str, Self)> {
        let usual = Self {
            page: signed_in("The last ferry", "/admin/episodes/01J/erase"),
            path: "/admin/episodes/01J".into(),
            title: "The last ferry".into(),
            people: vec![("01A".into(), "Mette Holm".into()), ("01B".into(), UNBROKEN.into())],
            form: Form::default(),
        };
        let form = Form::new([("participant", "01A"), ("from", "soon")])
            .with(Problems::one("from", "Write a time as in 1:02:03 or 2:03.5."));
        vec![("usual", usual.clone()), ("wrong", Self { form, title: LONG.into(), ..usual })]
    }
}

impl Sampled for EditRecording {
    const NAME: &'static str = "admin-episode-recording";

    fn samples() -> Vec<(&'static str, Self)> {
        let on = [("leveller", "on"), ("crossgate", "on"), ("denoise", "on")];
        let usual = Self {
            page: signed_in("The last ferry", "/admin/episodes/01J/recording"),
            path: "/admin/episodes/01J".into(),
            title: "The last ferry, and who still takes it".into(),
            trim: Trim { head_ms: 184_500, tail_ms: 92_000 },
            whole_ms: 1_853_000,
            listen: Some("/media/sample/episode.mp3".into()),
            wave: wave(240, 3),
            form: Form::new([("from", "3:04.5"), ("to", "29:21")]),
            mix: Some(Mix { form: Form::new(on), remastered: true }),
            job: None,
            may_edit: true,
        };
        let uploaded = Self {
            trim: Trim::default(),
            form: Form::default(),
            mix: None,
            job: Some(job(1, JobState::Running)),
            title: LONG.into(),
            ..usual.clone()
        };
        let form = Form::new([("from", "soon")]).with(Problems::one("from", "Write a time as in 1:02:03 or 2:03.5."));
        let wrong = Self { form, ..usual.clone() };
        let none = Self { listen: None, wave: Vec::new(), mix: None, may_edit: false, ..usual.clone() };
        vec![("usual", usual), ("uploaded", uploaded), ("wrong", wrong), ("none", none)]
    }
}

fn lacking() -> Vec<(String, String)> {
    vec![("Mette Holm".into(), "there is nothing at this address (404)".into())]
}

fn edit_episode() -> EditEpisode {
    let link = |text: &str| LinkText { text: text.into(), url: "/media/sample/t".into() };
    EditEpisode {
        page: signed_in("The last ferry", "/admin/episodes/01J"),
        id: "01J".into(),
        show_slug: "harbour-talk".into(),
        path: "/admin/episodes/01J".into(),
        show_path: "/admin/shows/harbour-talk".into(),
        show: "Harbour Talk".into(),
        title: "The last ferry, and who still takes it".into(),
        public_path: "/shows/harbour-talk/the-last-ferry".into(),
        state: State::Draft,
        at: None,
        form: Form::new([
            ("title", "The last ferry, and who still takes it"),
            ("slug", "the-last-ferry"),
            ("notes", "Captain **Mette Holm** has crossed the sound eleven thousand times."),
            ("kind", "full"),
            ("explicit", "inherit"),
            ("season", "2"),
            ("number", "14"),
            ("chapters", "0:00 Casting off\n3:04 The first crossing\n10:22 What the cook saw"),
            ("version", "3"),
        ]),
        sound: Sound {
            source_name: Some("ferry-final-FINAL.wav".into()),
            source_bytes: 1_280_000_000,
            duration_ms: 1_853_000,
            loudness: "−16.0 LUFS, was −23.4".into(),
            renditions: vec![Download { label: "MP3".into(), path: "/media/sample/a.mp3".into(), bytes: 29_700_000 }],
            listen: Some("/media/sample/episode.mp3".into()),
            wave: wave(240, 3),
            job: None,
            warnings: vec!["Only the left channel has sound; it will be heard on both sides.".into()],
        },
        stems: vec![
            Download {
                label: "harbour-talk-the-last-ferry-mette.opus".into(),
                path: "/media/s/m".into(),
                bytes: 9_000_000,
            },
            Download {
                label: "harbour-talk-the-last-ferry-jonas.opus".into(),
                path: "/media/s/j".into(),
                bytes: 7_000_000,
            },
        ],
        may_wav: true,
        transcript: Some(TranscriptLine { cues: 812, files: vec![link("VTT"), link("SRT")] }),
        transcript_problems: Problems::default(),
        art: art("Harbour Talk"),
        own_art: true,
        art_problems: Problems::default(),
        file_chapters: 0,
        lacking: Vec::new(),
        blockers: Problems::default(),
        schedule: Form::default(),
        item_preview: "<item>\n  <title>The last ferry, and who still takes it</title>\n</item>".into(),
        recorded: true,
        may_edit: true,
    }
}

impl Sampled for EditEpisode {
    const NAME: &'static str = "admin-episode";

    fn samples() -> Vec<(&'static str, Self)> {
        let mut blockers = Problems::one("audio", "Upload a recording and wait until it has been processed.");
        blockers.add("chapters", "A chapter begins after the end of the recording.");
        let mut page = edit_episode().page;
        page.flash = Some(Flash { kind: FlashKind::Done, text: "Saved.".into() });
        let fresh = EditEpisode {
            sound: Sound::default(),
            stems: Vec::new(),
            may_wav: false,
            own_art: false,
            file_chapters: 12,
            transcript: None,
            blockers: blockers.clone(),
            page,
            recorded: false,
            ..edit_episode()
        };
        let sound =
            Sound { job: Some(job(1, JobState::Running)), source_name: Some(UNBROKEN.into()), ..Sound::default() };
        let working = EditEpisode { sound, blockers, title: LONG.into(), ..edit_episode() };
        let sound = Sound { job: Some(job(1, JobState::Failed)), ..Sound::default() };
        let wrong = EditEpisode {
            sound,
            form: edit_episode().form.with(two_problems()),
            transcript_problems: Problems::one("file", "Line 12 has no times."),
            art_problems: Problems::one("artwork", "This picture is 900 px wide; 1400 px are needed."),
            lacking: lacking(),
            own_art: false,
            schedule: Form::new([("at", "2020-01-01T00:00")]).with(Problems::one("at", "That time has passed.")),
            ..edit_episode()
        };
        let published = EditEpisode { state: State::Published, at: Some(when(3)), ..edit_episode() };
        let scheduled = EditEpisode {
            state: State::Scheduled,
            at: Some(when(-3)),
            schedule: Form::new([("at", "2026-11-27T18:00")]),
            ..edit_episode()
        };
        let viewer = EditEpisode { may_edit: false, title: RTL.into(), ..edit_episode() };
        vec![
            ("draft", edit_episode()),
            ("fresh", fresh),
            ("working", working),
            ("wrong", wrong),
            ("published", published),
            ("scheduled", scheduled),
            ("viewer", viewer),
        ]
    }
}

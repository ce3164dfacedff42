//! `/admin/episodes/{episode}`: the editor of an episode, and its end.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use rostrum_app::episodes::{self, Detail};
use rostrum_app::listing::Entry;
use rostrum_app::{feeds, portraits, rooms, studio, transcripts, waves};
use rostrum_domain::access::Action;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::job::JobState;
use rostrum_domain::{Id, Problems};

use super::{lines, said};
use crate::call::Signed;
use crate::forms::{self, Posted};
use crate::html::{html, refused};
use crate::pages::listen::episode::{downloads, files};
use crate::state::Web;
use crate::views::admin::JobLine;
use crate::views::admin::episode::{EditEpisode, Sound, TranscriptLine};
use crate::views::episode::Download;
use crate::views::{self, When};
use crate::{Error, shape, words};

/// The editor.
pub async fn edit(
    State(web): State<Web>,
    Path(id): Path<Id<Episode>>,
    Query(said): Query<said::Said>,
    signed: Signed,
) -> Result<Response, Error> {
    let mut view = view(&web, id, &signed).await?;
    view.page.flash = said.flash();
    html(&view)
}

/// Saves it; a form with problems comes back as it was filled in.
pub async fn save(
    State(web): State<Web>,
    Path(id): Path<Id<Episode>>,
    signed: Signed,
    Form(posted): Form<Posted>,
) -> Result<Response, Error> {
    match change(&web, &signed, id, &posted).await {
        Ok(_) => Ok(said::to(&format!("/admin/episodes/{id}"), "saved").into_response()),
        Err(Error::Invalid(problems)) => {
            let view = view(&web, id, &signed).await?;
            refused(&EditEpisode { form: posted.back(problems), ..view })
        }
        Err(other) => Err(other),
    }
}

async fn change(web: &Web, signed: &Signed, id: Id<Episode>, posted: &Posted) -> Result<Episode, Error> {
    let old = episodes::get(&web.app, &signed.caller, id).await?.episode;
    let facts = forms::episode::facts(posted, &old.facts).map_err(Error::Invalid)?;
    let slug = posted.slug().map_err(Error::Invalid)?;
    let change = episodes::Change { facts, slug, version: posted.version() };
    Ok(episodes::update(&web.app, &signed.caller, id, change).await?)
}

/// Deletes it.
pub async fn delete(State(web): State<Web>, Path(id): Path<Id<Episode>>, signed: Signed) -> Result<Response, Error> {
    let show = episodes::get(&web.app, &signed.caller, id).await?.show;
    episodes::delete(&web.app, &signed.caller, id).await?;
    Ok(said::to(&format!("/admin/shows/{}/episodes", show.slug), "deleted").into_response())
}

/// The whole page of an episode.
pub(super) async fn view(web: &Web, id: Id<Episode>, signed: &Signed) -> Result<EditEpisode, Error> {
    let detail = episodes::get(&web.app, &signed.caller, id).await?;
    let Detail { show, episode, assets, blockers, file_chapters, warnings } = detail;
    let entry = Entry { show, episode, assets };
    let job = job(web, id, signed).await?;
    let item = feeds::preview(&web.app, &entry).await?;
    let Entry { show, episode, .. } = &entry;
    let path = format!("/admin/episodes/{id}");
    Ok(EditEpisode {
        page: web.page(&episode.facts.title, &path, Some(signed)),
        id: id.to_string(),
        show_slug: show.slug.to_string(),
        show_path: format!("/admin/shows/{}", show.slug),
        show: show.facts.title.clone(),
        title: episode.facts.title.clone(),
        public_path: episodes::path(show, episode),
        state: episode.state,
        at: episode.published_at.map(When::from),
        form: forms::episode::form(episode),
        sound: Sound { warnings: told(&warnings), ..sound(web, &entry, job).await? },
        stems: stems(&entry),
        may_wav: rooms::stems::possible(&entry.assets),
        transcript: transcript(web, &entry).await?,
        transcript_problems: Problems::default(),
        art: shape::episode_art(&entry),
        own_art: entry.asset(AssetKind::Artwork).is_some(),
        art_problems: Problems::default(),
        file_chapters: file_chapters.len(),
        lacking: shape::lacking(&episode.facts.persons, &portraits::of_show(&web.app, show.id).await?),
        blockers,
        schedule: views::Form::default(),
        item_preview: item.xml,
        recorded: item.recorded,
        may_edit: studio::may(&web.app, &signed.caller, show.id, Action::EditEpisodes).await?,
        path,
    })
}

/// The work on the episode's sound that is under way or failed.
pub(super) async fn job(web: &Web, id: Id<Episode>, signed: &Signed) -> Result<Option<JobLine>, Error> {
    let named = studio::jobs_of(&web.app, &signed.caller, id).await?;
    let newest = named.iter().find(|one| one.job.state != JobState::Cancelled);
    let shown = newest.filter(|one| one.job.state != JobState::Done);
    Ok(shown.map(|one| lines::job(one, web.progress.of(one.job.id).as_ref())))
}

async fn sound(web: &Web, entry: &Entry, job: Option<JobLine>) -> Result<Sound, Error> {
    let (source, audio) = (entry.asset(AssetKind::Source), entry.asset(AssetKind::Mp3));
    let loudness = audio.and_then(|audio| audio.loudness_lufs);
    Ok(Sound {
        source_name: source.map(|file| file.file_name.clone()),
        source_bytes: source.map_or(0, |file| file.bytes),
        duration_ms: audio.map_or(0, |file| file.duration_ms),
        loudness: loudness.map(loud).unwrap_or_default(),
        renditions: downloads(entry),
        listen: audio.map(Asset::path),
        wave: waves::of(&web.app, &entry.assets, shape::PAGE_VALUES).await?,
        job,
        warnings: Vec::new(),
    })
}

/// Sentences about a recording, in the reader's language.
fn told(warnings: &[String]) -> Vec<String> {
    warnings.iter().map(|warning| words::retell(warning)).collect()
}

/// The speakers of the room it came of, each alone.
fn stems(entry: &Entry) -> Vec<Download> {
    let download = |file: &Asset| Download { label: file.file_name.clone(), path: file.path(), bytes: file.bytes };
    rooms::stems::of(&entry.assets).into_iter().map(download).collect()
}

/// `−16.0 LUFS`, with a real minus.
fn loud(lufs: f64) -> String {
    format!("{} LUFS", words::figure(&format!("{lufs:.1}")).replace('-', "−"))
}

async fn transcript(web: &Web, entry: &Entry) -> Result<Option<TranscriptLine>, Error> {
    let cues = transcripts::cues(&web.app, &entry.assets).await?.len();
    Ok((cues > 0).then(|| TranscriptLine { cues, files: files(entry, &AssetKind::TRANSCRIPTS) }))
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use rostrum_store::portrait::{self, Place};
    use rostrum_store::show;
    use serde_json::json;

    use crate::api::testing::Desk;
    use crate::testing::Visitor;

    const ITEM: (&str, &str) = ("<item>", "</item>");

    fn between(text: &str, (from, to): (&str, &str)) -> String {
        let after = text.split_once(from).unwrap_or_else(|| panic!("{from} in {text}")).1;
        after.split_once(to).unwrap_or_else(|| panic!("{to} in {text}")).0.to_owned()
    }

    /// The preview on a page, as a reader sees it.
    async fn preview(ada: &Visitor<'_>, path: &str, name: &str) -> String {
        let page = ada.get(path).await.body;
        let mut text = between(&page, (&format!("aria-label=\"{name}\"><code>"), "</code>"));
        for (entity, sign) in [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")] {
            text = text.replace(entity, sign);
        }
        text
    }

    /// Lets a person's picture have come.
    async fn host(desk: &Desk, url: &str) {
        let app = &desk.site.house.app;
        let mut tx = app.store.write().await.expect("a transaction begins");
        let show = show::find(&mut tx, "talk").await.expect("it reads").expect("it is there");
        let picture = show.artwork_id.expect("the show is complete");
        portrait::settle(&mut tx, Place { show: show.id, url }, Ok(picture), app.now()).await.expect("it is wanted");
        tx.commit().await.expect("it commits");
    }

    #[tokio::test]
    async fn a_preview_says_what_the_feed_says_byte_for_byte() {
        let desk = Desk::new().await;
        let ada = desk.site.signed_in("Ada").await;
        let path = desk.episode_path().replace("/api/v1", "/admin");
        assert!(ada.get(&path).await.body.contains("There is no recording yet"));
        assert!(preview(&ada, &path, "The feed item").await.contains("<enclosure url="));
        let chapters = json!([{"start_ms": 0, "title": "A <b> & \"c\""}]);
        let persons = json!([{"name": "Ada", "image": "https://example.org/ada.jpg"}]);
        let facts = json!({"facts": {"chapters": chapters, "persons": persons, "notes": "*Hi*", "kind": "trailer"}});
        let changed = desk.program().call(Method::PATCH, &desk.episode_path(), facts).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
        desk.complete().await;
        host(&desk, "https://example.org/ada.jpg").await;
        assert!(!ada.get(&path).await.body.contains("There is no recording yet"));
        let draft = preview(&ada, &path, "The feed item").await;
        let publish = format!("{}/publish", desk.episode_path());
        let out = desk.program().call(Method::POST, &publish, json!(null)).await;
        assert_eq!(out.status, StatusCode::OK, "{}", out.body);
        let feed = desk.site.visitor().get("/shows/talk/feed.xml").await.body;
        let item = format!("<item>{}</item>", between(&feed, ITEM));
        assert_eq!(preview(&ada, &path, "The feed item").await, item);
        assert!(item.contains("/portrait.jpg"), "her picture is ours: {item}");
        let dated = |line: &&str| !line.trim_start().starts_with("<pubDate>");
        let lines: Vec<_> = item.lines().filter(dated).collect();
        assert_eq!(draft.lines().collect::<Vec<_>>(), lines, "but for the date, which comes with publishing");
        let head = preview(&ada, "/admin/shows/talk", "The head of the feed").await;
        assert_eq!(head, feed.split("<item>").next().unwrap_or_default().trim_end());
        for part in ["<itunes:image", "<podcast:trailer", "<podcast:guid>"] {
            assert!(head.contains(part), "{part} in {head}");
        }
    }
}

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
        item_preview: feeds::preview(&web.app, show, &entry).unwrap_or_default(),
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

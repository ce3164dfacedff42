//! Lines that several lists of the studio show.

use rostrum_domain::asset::AssetKind;
use rostrum_domain::episode::{State, blockers};
use rostrum_domain::job::JobState;
use rostrum_wire::Progress;

use rostrum_app::listing::Entry;
use rostrum_app::studio::Named;

use crate::shape;
use crate::views::When;
use crate::views::admin::{EpisodeLine, JobLine};
use crate::views::parts::numbering;
use crate::words::say;

/// An episode in a list.
pub(crate) fn episode(entry: &Entry) -> EpisodeLine {
    let Entry { show, episode, assets } = entry;
    EpisodeLine {
        path: format!("/admin/episodes/{}", episode.id),
        public_path: (episode.state == State::Published).then(|| rostrum_app::episodes::path(show, episode)),
        title: episode.facts.title.clone(),
        show: show.facts.title.clone(),
        state: episode.state,
        at: episode.published_at.map(When::from),
        updated: When::from(episode.updated_at),
        duration_ms: entry.asset(AssetKind::Mp3).map(|audio| audio.duration_ms),
        numbering: numbering(episode.facts.season, episode.facts.number),
        blockers: blockers(show, episode, assets).0.len(),
    }
}

/// A job in a list, with the last that was heard of its progress.
pub(crate) fn job(named: &Named, progress: Option<&Progress>) -> JobLine {
    let job = &named.job;
    let title = named.episode.as_ref().map_or("", |episode| episode.facts.title.as_str());
    JobLine {
        id: job.id.to_string(),
        what: what(&job.kind, title),
        path: job.episode_id.map(|id| format!("/admin/episodes/{id}")),
        show: named.show.as_ref().map(|show| show.facts.title.clone()).unwrap_or_default(),
        state: job.state,
        percent: progress.filter(|_| job.state == JobState::Running).and_then(percent),
        detail: progress.filter(|_| job.state == JobState::Running).map(detail).unwrap_or_default(),
        error: job.error.clone(),
        attempts: job.attempts,
        created: When::from(job.created_at),
    }
}

fn what(kind: &str, title: &str) -> String {
    match kind {
        "transcode" => say("job-transcode").with("title", title).into(),
        "retag" => say("job-retag").with("title", title).into(),
        "recording" => say("job-recording").with("title", title).into(),
        "stems" => say("job-stems").with("title", title).into(),
        "trim" => say("job-trim").with("title", title).into(),
        "remaster" => say("job-remaster").with("title", title).into(),
        "backfill" => say("job-backfill").with("title", title).into(),
        "erase" => say("job-erase").with("title", title).into(),
        "sweep" => say("job-sweep").into(),
        "index" => say("job-index").into(),
        "portrait" => say("job-portrait").into(),
        other => other.to_owned(),
    }
}

/// How far a step is; none while its length is unknown.
pub(crate) fn percent(progress: &Progress) -> Option<u8> {
    let whole = progress.total.max(1);
    let done = progress.done.min(whole).saturating_mul(100) / whole;
    (progress.total > 0).then(|| u8::try_from(done).unwrap_or(100))
}

/// The step in words.
pub(crate) fn detail(progress: &Progress) -> String {
    let step = progress.step.replace(' ', "-");
    say("job-step").with("step", step).with("text", shape::capital(&progress.step)).into()
}

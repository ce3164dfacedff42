//! `/admin/jobs`: background work, stopping and repeating it, and its progress as it happens (server-sent events).

use std::convert::Infallible;

use axum::extract::{Path, Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use rostrum_app::jobs::{self, Stretch, Wanted};
use rostrum_app::studio;
use rostrum_domain::Id;
use rostrum_domain::job::{Job, JobState};
use serde_json::json;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{lines, said};
use crate::call::Signed;
use crate::html::html;
use crate::state::Web;
use crate::views::Pager;
use crate::views::admin::work::Jobs;
use crate::words::{self, Reader, say};
use crate::{Error, views};
use rostrum_wire::Progress;

/// Jobs on a page.
const LINES: i64 = 30;

/// What the list is narrowed to.
#[derive(serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    page: String,
    #[serde(flatten)]
    said: said::Said,
}

/// The list.
pub async fn list(State(web): State<Web>, Query(asked): Query<Asked>, signed: Signed) -> Result<Response, Error> {
    let wanted = Wanted { state: JobState::parse(&asked.state), show: None };
    let number = asked.page.parse::<u32>().map_or(1, |page| i64::from(page.max(1)));
    let stretch = Stretch { limit: LINES, offset: (number - 1) * LINES, after: None };
    let (named, total) = studio::named_jobs(&web.app, &signed.caller, wanted, stretch).await?;
    let jobs: Vec<_> = named.iter().map(|one| lines::job(one, web.progress.of(one.job.id).as_ref())).collect();
    let pager = pager(number, total, wanted.state);
    let page =
        views::Page { flash: asked.said.flash(), ..web.page(&say("jobs").to_string(), "/admin/jobs", Some(&signed)) };
    html(&Jobs { page, state: asked.state, jobs, pager })
}

fn pager(number: i64, total: i64, state: Option<JobState>) -> Pager {
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let pages = count(total).div_ceil(count(LINES)).max(1);
    let stem = format!("/admin/jobs?state={}&page=", state.map_or("", JobState::as_str));
    Pager { page: count(number), pages, total: count(total), stem }
}

/// Stops one.
pub async fn cancel(State(web): State<Web>, Path(id): Path<Id<Job>>, signed: Signed) -> Result<Response, Error> {
    jobs::cancel(&web.app, &signed.caller, id).await?;
    Ok(said::to("/admin/jobs", "cancelled").into_response())
}

/// Repeats one.
pub async fn again(State(web): State<Web>, Path(id): Path<Id<Job>>, signed: Signed) -> Result<Response, Error> {
    jobs::again(&web.app, &signed.caller, id).await?;
    Ok(said::to("/admin/jobs", "again").into_response())
}

/// Progress of the jobs the caller may see, an event a report.
pub async fn events(State(web): State<Web>, signed: Signed) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let following = Following { news: web.progress.listen(), web, signed, reader: words::reader() };
    let events = stream::unfold(following, |mut following| async move {
        let event = following.next().await?;
        Some((Ok(event), following))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

struct Following {
    news: Receiver<Progress>,
    web: Web,
    signed: Signed,
    reader: Reader,
}

impl Following {
    /// The next event for this caller; none when the server stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let progress = match self.news.recv().await {
                Ok(progress) => progress,
                Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return None,
            };
            if let Some(event) = words::writing_for(self.reader.clone(), self.event(&progress)).await {
                return Some(event);
            }
        }
    }

    async fn event(&self, progress: &Progress) -> Option<Event> {
        let id = progress.job.parse().ok()?;
        let named = studio::job(&self.web.app, &self.signed.caller, id).await.ok()??;
        let line = lines::job(&named, Some(progress));
        let data = json!({
            "id": line.id,
            "state": line.state,
            "percent": line.percent,
            "detail": line.detail,
            "error": line.error.map(|error| words::retell(&error)),
        });
        Event::default().event("job").json_data(data).ok()
    }
}

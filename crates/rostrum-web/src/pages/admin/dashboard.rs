//! `/admin`: what to do next, what waits, what goes wrong.

use axum::extract::{Query, State};
use axum::response::Response;
use rostrum_app::studio::{self, Overview};
use rostrum_domain::episode::show_blockers;
use rostrum_domain::job::JobState;

use super::lines;
use super::said::Said;
use crate::call::Signed;
use crate::html::html;
use crate::state::Web;
use crate::views::admin::dashboard::{Dashboard, Step};
use crate::words::say;
use crate::{Error, views};

/// The dashboard.
pub async fn show(State(web): State<Web>, Query(said): Query<Said>, signed: Signed) -> Result<Response, Error> {
    let overview = studio::overview(&web.app, &signed.caller).await?;
    let mut page = web.page(&say("dash").to_string(), "/admin", Some(&signed));
    page.flash = said.flash();
    html(&view(&web, page, &overview))
}

fn view(web: &Web, page: views::Page, overview: &Overview) -> Dashboard {
    let jobs = |state: JobState| {
        let matching = overview.jobs.iter().filter(move |named| named.job.state == state);
        matching.map(|named| lines::job(named, web.progress.of(named.job.id).as_ref())).collect()
    };
    Dashboard {
        page,
        steps: steps(overview),
        drafts: overview.drafts.iter().map(lines::episode).collect(),
        scheduled: overview.scheduled.iter().map(lines::episode).collect(),
        published: overview.published.iter().map(lines::episode).collect(),
        running: jobs(JobState::Running),
        failing: jobs(JobState::Failed),
    }
}

/// What a new house still needs; nothing once something is published.
fn steps(overview: &Overview) -> Vec<Step> {
    if !overview.published.is_empty() {
        return Vec::new();
    }
    let show = overview.shows.first();
    let show_path = show.map_or("/admin/shows/new".to_owned(), |show| format!("/admin/shows/{}", show.slug));
    let any_sound = overview.drafts.iter().chain(&overview.scheduled).any(|entry| !entry.assets.is_empty());
    let step = |id: &str, path: &str, done| Step {
        text: say(id).into(),
        why: say(&format!("{id}-why")).into(),
        path: path.into(),
        done,
    };
    vec![
        step("step-show", "/admin/shows/new", show.is_some()),
        step("step-fill-in", &show_path, show.is_some_and(|show| show_blockers(show).0.is_empty())),
        step("step-upload", "/admin/uploads", any_sound),
        step("step-publish", "/admin/shows", false),
    ]
}

//! `/admin/shows` and `/admin/shows/new`: the list of shows, and a new one.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use rostrum_app::shows;
use rostrum_app::studio::{self, ShowStanding};
use rostrum_domain::episode::show_blockers;

use super::said;
use crate::call::Signed;
use crate::forms::{self, Posted};
use crate::html::{html, refused};
use crate::state::Web;
use crate::views::admin::show::{NewShow, ShowLine, Shows};
use crate::words::{self, say};
use crate::{Error, shape, views};

/// What the list is narrowed to.
#[derive(serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

/// The list.
pub async fn list(State(web): State<Web>, Query(asked): Query<Asked>, signed: Signed) -> Result<Response, Error> {
    let standings = studio::shows(&web.app, &signed.caller).await?;
    let wanted = asked.q.to_lowercase();
    let kept = standings.iter().filter(|standing| standing.show.facts.title.to_lowercase().contains(&wanted));
    let page = web.page(&say("shows").to_string(), "/admin/shows", Some(&signed));
    html(&Shows { page, shows: kept.map(line).collect(), query: asked.q })
}

fn line(standing: &ShowStanding) -> ShowLine {
    let show = &standing.show;
    let membership = standing.membership.map(|membership| shape::capital(&words::membership(&membership)));
    ShowLine {
        path: format!("/admin/shows/{}", show.slug),
        public_path: shows::path(show),
        title: show.facts.title.clone(),
        art: shape::art(show),
        published: u64::try_from(standing.published).unwrap_or(0),
        drafts: u64::try_from(standing.all - standing.published).unwrap_or(0),
        membership: membership.unwrap_or_default(),
        blockers: show_blockers(show).0.len(),
    }
}

/// The form of a new show.
pub async fn blank(State(web): State<Web>, signed: Signed) -> Result<Response, Error> {
    let form = views::Form::new([("language", words::lang().tag())]);
    html(&NewShow { page: web.page(&say("new-show").to_string(), "/admin/shows", Some(&signed)), form })
}

/// Makes it.
pub async fn create(State(web): State<Web>, signed: Signed, Form(posted): Form<Posted>) -> Result<Response, Error> {
    let made = match forms::show::new_facts(&posted) {
        Ok(facts) => shows::create(&web.app, &signed.caller, facts).await.map_err(Error::from),
        Err(problems) => Err(Error::Invalid(problems)),
    };
    let page = web.page(&say("new-show").to_string(), "/admin/shows", Some(&signed));
    match made {
        Ok(show) => Ok(said::to(&format!("/admin/shows/{}", show.slug), "made").into_response()),
        Err(Error::Invalid(problems)) => refused(&NewShow { page, form: posted.back(problems) }),
        Err(other) => Err(other),
    }
}

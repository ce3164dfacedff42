//! `/admin/shows/{show}/episodes` and `…/new`: a show's episodes, and a new one.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use rostrum_app::{episodes, shows, studio};
use rostrum_domain::access::Action;
use rostrum_domain::episode::EpisodeFacts;
use rostrum_domain::show::Show;

use super::{lines, said};
use crate::call::Signed;
use crate::forms::Posted;
use crate::html::{html, refused};
use crate::state::Web;
use crate::views::Pager;
use crate::views::admin::episode::NewEpisode;
use crate::views::admin::show::Episodes;
use crate::words::say;
use crate::{Error, views};

/// Episodes on a page.
const PAGE: i64 = 50;

/// What the list is narrowed to.
#[derive(serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    state: String,
    page: Option<u32>,
}

/// The list.
pub async fn list(
    State(web): State<Web>,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
    signed: Signed,
) -> Result<Response, Error> {
    let number = i64::from(asked.page.unwrap_or(1).max(1));
    let filter =
        studio::Filter { words: asked.q.clone(), state: asked.state.clone(), offset: (number - 1) * PAGE, size: PAGE };
    let (show, entries, total) = studio::episodes(&web.app, &signed.caller, &name, &filter).await?;
    let may_edit = studio::may(&web.app, &signed.caller, show.id, Action::EditEpisodes).await?;
    let path = format!("/admin/shows/{}", show.slug);
    let page = web.page(&show.facts.title, &format!("{path}/episodes"), Some(&signed));
    let (title, public_path, pager) = (show.facts.title.clone(), shows::path(&show), pager(&path, number, total));
    let (query, state, episodes) = (asked.q, asked.state, entries.iter().map(lines::episode).collect());
    html(&Episodes { page, path, title, public_path, query, state, episodes, pager, may_edit })
}

fn pager(path: &str, number: i64, total: i64) -> Pager {
    Pager {
        page: u64::try_from(number).unwrap_or(1),
        pages: u64::try_from((total + PAGE - 1) / PAGE).unwrap_or(1).max(1),
        total: u64::try_from(total).unwrap_or(0),
        stem: format!("{path}/episodes?page="),
    }
}

/// The form of a new episode.
pub async fn blank(State(web): State<Web>, Path(name): Path<String>, signed: Signed) -> Result<Response, Error> {
    let show = shows::get(&web.app, &signed.caller, &name).await?;
    html(&new_view(&web, &show, &signed, views::Form::default()))
}

/// Makes it.
pub async fn create(
    State(web): State<Web>,
    Path(name): Path<String>,
    signed: Signed,
    Form(posted): Form<Posted>,
) -> Result<Response, Error> {
    let facts = EpisodeFacts { title: posted.text("title"), ..EpisodeFacts::default() };
    match episodes::create(&web.app, &signed.caller, &name, facts).await.map_err(Error::from) {
        Ok(made) => Ok(said::to(&format!("/admin/episodes/{}", made.id), "made").into_response()),
        Err(Error::Invalid(problems)) => {
            let show = shows::get(&web.app, &signed.caller, &name).await?;
            refused(&new_view(&web, &show, &signed, posted.back(problems)))
        }
        Err(other) => Err(other),
    }
}

fn new_view(web: &Web, show: &Show, signed: &Signed, form: views::Form) -> NewEpisode {
    let show_path = format!("/admin/shows/{}", show.slug);
    let page = web.page(&say("new-episode").to_string(), &show_path, Some(signed));
    NewEpisode { page, show_path, show: show.facts.title.clone(), form }
}

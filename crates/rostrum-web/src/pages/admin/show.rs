//! `/admin/shows/{show}`: the editor of a show, and its end.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use rostrum_app::{feeds, people, portraits, shows, studio};
use rostrum_domain::Problems;
use rostrum_domain::access::Action;
use rostrum_domain::episode::show_blockers;
use rostrum_domain::show::Show;

use super::said;
use crate::call::Signed;
use crate::forms::{self, Posted};
use crate::html::{html, refused};
use crate::pages::listen::feed::STYLE as FEED_STYLE;
use crate::state::Web;
use crate::views::admin::show::{EditShow, MemberLine};
use crate::words::say;
use crate::{Error, assets, shape, views};

/// The editor.
pub async fn edit(
    State(web): State<Web>,
    Path(name): Path<String>,
    Query(said): Query<said::Said>,
    signed: Signed,
) -> Result<Response, Error> {
    let show = shows::get(&web.app, &signed.caller, &name).await?;
    let mut view = view(&web, &show, &signed).await?;
    view.page.flash = said.flash();
    html(&view)
}

/// Saves it; a form with problems comes back as it was filled in.
pub async fn save(
    State(web): State<Web>,
    Path(name): Path<String>,
    signed: Signed,
    Form(posted): Form<Posted>,
) -> Result<Response, Error> {
    let show = shows::get(&web.app, &signed.caller, &name).await?;
    match change(&web, &signed, &show, &posted).await {
        Ok(saved) => Ok(said::to(&format!("/admin/shows/{}", saved.slug), "saved").into_response()),
        Err(Error::Invalid(problems)) => {
            let view = view(&web, &show, &signed).await?;
            refused(&EditShow { form: posted.back(problems), ..view })
        }
        Err(other) => Err(other),
    }
}

async fn change(web: &Web, signed: &Signed, show: &Show, posted: &Posted) -> Result<Show, Error> {
    let facts = forms::show::facts(posted, &show.facts).map_err(Error::Invalid)?;
    let slug = posted.slug().map_err(Error::Invalid)?;
    let change = shows::Change { facts, slug, version: posted.version() };
    Ok(shows::update(&web.app, &signed.caller, &show.id.to_string(), change).await?)
}

/// Deletes it, when its title was typed.
pub async fn delete(
    State(web): State<Web>,
    Path(name): Path<String>,
    signed: Signed,
    Form(posted): Form<Posted>,
) -> Result<Response, Error> {
    let show = shows::get(&web.app, &signed.caller, &name).await?;
    if posted.text("confirm") != show.facts.title {
        return Err(Error::invalid("confirm", "The title does not match; nothing was deleted."));
    }
    shows::delete(&web.app, &signed.caller, &show.id.to_string()).await?;
    Ok(said::to("/admin/shows", "deleted").into_response())
}

/// The whole page of a show.
pub(super) async fn view(web: &Web, show: &Show, signed: &Signed) -> Result<EditShow, Error> {
    let path = format!("/admin/shows/{}", show.slug);
    let members = people::members(&web.app, &signed.caller, show.slug.as_str()).await?;
    let (_, _, episodes) = rostrum_app::listing::show(&web.app, show.slug.as_str(), 1).await?;
    Ok(EditShow {
        page: web.page(&show.facts.title, &path, Some(signed)),
        public_path: shows::path(show),
        title: show.facts.title.clone(),
        form: forms::show::form(show),
        art: shape::art(show),
        art_note: show.artwork_id.map(|_| say("art-ready").into()).unwrap_or_default(),
        art_problems: Problems::default(),
        lacking: shape::lacking(&show.facts.persons, &portraits::of_show(&web.app, show.id).await?),
        feed_url: web.app.address(&shows::feed_path(&show.slug)),
        feed_preview: feeds::head(&web.app, show, &assets::url(FEED_STYLE)).await?,
        blockers: show_blockers(show),
        members: members.into_iter().map(member).collect(),
        member_form: views::Form::default(),
        may_manage: studio::may(&web.app, &signed.caller, show.id, Action::ManageShow).await?,
        episodes: u64::try_from(episodes).unwrap_or(0),
        path,
    })
}

fn member((user, membership): (rostrum_domain::user::User, rostrum_domain::user::Membership)) -> MemberLine {
    MemberLine { user_id: user.id.to_string(), name: user.name, email: user.email, membership }
}

//! `/admin/rooms/{room}`: one live room: its settings, its life, its invitations.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::header;
use rostrum_app::rooms::invites::{self, NewInvite};
use rostrum_app::rooms::{self, Change, Detail, life, moderate};
use rostrum_app::studio;
use rostrum_domain::Id;
use rostrum_domain::access::Action;
use rostrum_domain::room::{ChatLine, Invite, Room, StageRole};
use rostrum_media::program::SAMPLES_PER_MS;
use rostrum_store::invite::Kept;
use rostrum_store::room_log::Line;

use super::said;
use crate::Error;
use crate::call::Signed;
use crate::forms::{self, Posted};
use crate::html::{html, refused};
use crate::mend::Mend;
use crate::state::Web;
use crate::views::admin::room::{EditRoom, InviteLine, WrittenLine};
use crate::views::{self, When};

/// Lines of the chat on a page.
const LINES: i64 = 30;

/// Where in the chat the reader is.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Asked {
    after: Option<Id<ChatLine>>,
}

/// The page.
pub async fn edit(
    State(web): State<Web>,
    Path(name): Path<String>,
    (Query(said), Query(asked)): (Query<said::Said>, Query<Asked>),
    signed: Signed,
) -> Result<Response, Error> {
    let mut view = view(&web, &name, &signed).await?;
    view.page.flash = said.flash();
    if asked.after.is_some() {
        (view.lines, view.older) = written(&web, &signed, (&name, asked.after)).await?;
    }
    html(&view)
}

/// Lines behind the one named, the newest first, and where there are more.
async fn written(
    web: &Web,
    signed: &Signed,
    (name, after): (&str, Option<Id<ChatLine>>),
) -> Result<(Vec<WrittenLine>, Option<String>), Error> {
    let (mut lines, _) = rooms::messages(&web.app, &signed.caller, name, (after, LINES + 1)).await?;
    let more = lines.len() > LINES as usize;
    lines.truncate(LINES as usize);
    let last = lines.last().filter(|_| more).map(|line| format!("?after={}#lines", line.id));
    Ok((lines.into_iter().map(written_line).collect(), last))
}

fn written_line(Line { id, at, name, badge, text, .. }: Line) -> WrittenLine {
    WrittenLine { id: id.to_string(), at_ms: at / SAMPLES_PER_MS.cast_signed(), name, badge, text }
}

/// Takes a line out of the chat and of its replay.
pub async fn remove_line(
    State(web): State<Web>,
    Path((name, line)): Path<(String, Id<ChatLine>)>,
    signed: Signed,
) -> Result<Response, Error> {
    moderate::remove_line(&web.app, &signed.caller, (&name, line)).await?;
    Ok(said::to(&format!("/admin/rooms/{name}"), "line-removed").into_response())
}

/// Saves the settings; a form with problems comes back as it was filled in.
pub async fn save(
    State(web): State<Web>,
    Path(name): Path<String>,
    signed: Signed,
    Form(posted): Form<Posted>,
) -> Result<Response, Error> {
    match change(&web, &signed, &name, &posted).await {
        Ok(saved) => Ok(said::to(&path(&saved), "saved").into_response()),
        Err(error) => {
            let mend = Mend::of(error)?;
            mend.show(&EditRoom { form: posted.back(mend.problems.clone()), ..view(&web, &name, &signed).await? })
        }
    }
}

async fn change(web: &Web, signed: &Signed, name: &str, posted: &Posted) -> Result<Room, Error> {
    let facts = forms::room::facts(posted).map_err(Error::Invalid)?;
    let slug = posted.slug().map_err(Error::Invalid)?;
    let change = Change { facts, slug, version: posted.version() };
    Ok(rooms::update(&web.app, &signed.caller, name, change).await?)
}

/// Opens the green room and leads there.
pub async fn open(State(web): State<Web>, Path(name): Path<String>, signed: Signed) -> Result<Response, Error> {
    let opened = life::open(&web.app, &signed.caller, &name).await?;
    Ok(axum::response::Redirect::to(&rooms::studio_path(&opened)).into_response())
}

/// Ends it.
pub async fn end(State(web): State<Web>, Path(name): Path<String>, signed: Signed) -> Result<Response, Error> {
    let ended = life::end(&web.app, &signed.caller, &name).await?;
    Ok(said::to(&path(&ended), "room-ended").into_response())
}

/// Deletes it.
pub async fn delete(State(web): State<Web>, Path(name): Path<String>, signed: Signed) -> Result<Response, Error> {
    rooms::delete(&web.app, &signed.caller, &name).await?;
    Ok(said::to("/admin/rooms", "deleted").into_response())
}

/// Makes an invitation; its link is on the page that answers, and never again.
pub async fn invite(
    State(web): State<Web>,
    Path(name): Path<String>,
    signed: Signed,
    Form(posted): Form<Posted>,
) -> Result<Response, Error> {
    let made = match wish(&posted) {
        Ok(new) => invites::make(&web.app, &signed.caller, &name, new).await.map_err(Error::from),
        Err(problems) => Err(Error::Invalid(problems)),
    };
    let now = view(&web, &name, &signed).await?;
    match made {
        Ok((_, link)) => secret(&EditRoom { fresh: Some(link.reveal().clone()), ..now }),
        Err(Error::Invalid(problems)) => refused(&EditRoom { invite_form: posted.back(problems), ..now }),
        Err(other) => Err(other),
    }
}

/// A page with a secret on it, which nothing may keep.
fn secret(view: &EditRoom) -> Result<Response, Error> {
    Ok(([(header::CACHE_CONTROL, "no-store")], html(view)?).into_response())
}

fn wish(posted: &Posted) -> Result<NewInvite, rostrum_domain::Problems> {
    let mut problems = rostrum_domain::Problems::default();
    let hours = posted.number("hours", &mut problems).unwrap_or(168);
    problems.into_result()?;
    let role: StageRole = posted.text("role").parse()?;
    Ok(NewInvite { role, label: posted.text("label"), once: posted.flag("once"), hours })
}

/// Takes an invitation back.
pub async fn revoke(
    State(web): State<Web>,
    Path((name, invite)): Path<(String, Id<Invite>)>,
    signed: Signed,
) -> Result<Response, Error> {
    invites::revoke(&web.app, &signed.caller, &name, invite).await?;
    Ok(said::to(&format!("/admin/rooms/{name}"), "revoked").into_response())
}

fn path(room: &Room) -> String {
    format!("/admin/rooms/{}", room.slug)
}

async fn view(web: &Web, name: &str, signed: &Signed) -> Result<EditRoom, Error> {
    let Detail { show, room } = rooms::get(&web.app, &signed.caller, name).await?;
    let invites = invites::list(&web.app, &signed.caller, name).await?;
    let (lines, older) = written(web, signed, (name, None)).await?;
    let usual = [("role", "speaker"), ("once", "on"), ("hours", "168")];
    Ok(EditRoom {
        page: web.page(&room.facts.title, &path(&room), Some(signed)),
        path: path(&room),
        public_path: rooms::path(&room),
        studio_path: rooms::studio_path(&room),
        title: room.facts.title.clone(),
        show: show.facts.title,
        state: room.state,
        form: forms::room::form(&room),
        episode_path: room.episode_id.map(|id| format!("/admin/episodes/{id}")),
        lines,
        older,
        invites: invites.into_iter().map(|kept| invite_line(web, kept)).collect(),
        invite_form: views::Form::new(usual),
        fresh: None,
        may_edit: studio::may(&web.app, &signed.caller, room.show_id, Action::EditEpisodes).await?,
    })
}

fn invite_line(web: &Web, kept: Kept) -> InviteLine {
    let over = kept.expires_at <= web.app.now() || kept.revoked_at.is_some();
    let spent = kept.once && kept.used_by.is_some();
    InviteLine {
        id: kept.id.to_string(),
        label: kept.label,
        role: kept.role,
        once: kept.once,
        uses: kept.uses,
        expires: When::from(kept.expires_at),
        good: !over && !spent,
    }
}

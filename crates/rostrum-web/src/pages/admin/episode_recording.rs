//! `/admin/episodes/{episode}/recording`: what is served of a recording: cut at its ends, mixed again.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use rostrum_app::edits::remaster::{self, Remaster};
use rostrum_app::edits::trim::{self, Standing, Trim};
use rostrum_app::rooms;
use rostrum_domain::access::Action;
use rostrum_domain::episode::Episode;
use rostrum_domain::{Id, Problems};

use super::{episode, said};
use crate::Error;
use crate::call::Signed;
use crate::forms::{Posted, time};
use crate::html::{html, refused};
use crate::state::Web;
use crate::views::Form as Fields;
use crate::views::admin::recording::{EditRecording, Mix};

/// The forms.
pub async fn form(
    State(web): State<Web>,
    Path(id): Path<Id<Episode>>,
    Query(said): Query<said::Said>,
    signed: Signed,
) -> Result<Response, Error> {
    let mut view = view(&web, id, &signed).await?;
    view.page.flash = said.flash();
    html(&view)
}

/// Queues a trim; a form with problems comes back as it was filled in.
pub async fn trim(
    State(web): State<Web>,
    Path(id): Path<Id<Episode>>,
    signed: Signed,
    Form(posted): Form<Posted>,
) -> Result<Response, Error> {
    match begin(&web, id, &signed, &posted).await {
        Ok(()) => Ok(done(id, "trimming")),
        Err(Error::Invalid(problems)) => {
            refused(&EditRecording { form: posted.back(named(problems)), ..view(&web, id, &signed).await? })
        }
        Err(other) => Err(other),
    }
}

/// Queues a new mix.
pub async fn remaster(
    State(web): State<Web>,
    Path(id): Path<Id<Episode>>,
    signed: Signed,
    Form(posted): Form<Posted>,
) -> Result<Response, Error> {
    let [leveller, crossgate, denoise] = ["leveller", "crossgate", "denoise"].map(|name| posted.flag(name));
    remaster::ask(&web.app, &signed.caller, id, Remaster { leveller, crossgate, denoise }).await?;
    Ok(done(id, "remastering"))
}

/// Queues the way back to the live mix.
pub async fn undo(State(web): State<Web>, Path(id): Path<Id<Episode>>, signed: Signed) -> Result<Response, Error> {
    remaster::undo(&web.app, &signed.caller, id).await?;
    Ok(done(id, "live-mix"))
}

fn done(id: Id<Episode>, word: &str) -> Response {
    said::to(&format!("/admin/episodes/{id}/recording"), word).into_response()
}

async fn begin(web: &Web, id: Id<Episode>, signed: &Signed, posted: &Posted) -> Result<(), Error> {
    let whole_ms = trim::get(&web.app, &signed.caller, id).await?.whole_ms;
    let wish = wish(posted, whole_ms).map_err(Error::Invalid)?;
    trim::ask(&web.app, &signed.caller, id, wish).await?;
    Ok(())
}

/// Where it shall begin and end as what is cut off at either end.
fn wish(posted: &Posted, whole_ms: i64) -> Result<Trim, Problems> {
    let mut problems = Problems::default();
    let (from, to) = (posted.time_ms("from", &mut problems), posted.time_ms("to", &mut problems));
    if !problems.0.is_empty() {
        return Err(problems);
    }
    let ms = |at: u64| i64::try_from(at).unwrap_or(i64::MAX);
    // The end as it is shown may lie a little behind the last sample.
    let tail_ms = to.map_or(0, |to| (whole_ms - ms(to)).max(0));
    Ok(Trim { head_ms: from.map_or(0, ms), tail_ms })
}

/// Problems under the fields of the form.
fn named(problems: Problems) -> Problems {
    let mut named = Problems::default();
    for problem in problems.0 {
        let field = match problem.field.as_ref() {
            "head_ms" => "from".into(),
            "tail_ms" => "to".into(),
            _ => problem.field,
        };
        named.add(field, problem.message);
    }
    named
}

async fn view(web: &Web, id: Id<Episode>, signed: &Signed) -> Result<EditRecording, Error> {
    let Standing { show, episode, trim, whole_ms, listen, wave, remaster, files } =
        trim::get(&web.app, &signed.caller, id).await?;
    let path = format!("/admin/episodes/{id}");
    let how = remaster.as_deref().and_then(|how| serde_json::from_str::<Remaster>(how).ok());
    let from = if trim.head_ms > 0 { time::written(trim.head_ms) } else { String::new() };
    let to = if trim.tail_ms > 0 { time::written(trim.end_ms(whole_ms)) } else { String::new() };
    Ok(EditRecording {
        page: web.page(&episode.facts.title, &format!("{path}/recording"), Some(signed)),
        form: Fields::new([("from", from), ("to", to)]),
        mix: rooms::stems::possible(&files).then(|| mix(how)),
        job: episode::job(web, id, signed).await?,
        may_edit: rostrum_app::studio::may(&web.app, &signed.caller, show.id, Action::EditEpisodes).await?,
        title: episode.facts.title,
        trim,
        whole_ms,
        listen,
        wave,
        path,
    })
}

fn mix(how: Option<Remaster>) -> Mix {
    let wish = how.unwrap_or_default();
    let switches = [("leveller", wish.leveller), ("crossgate", wish.crossgate), ("denoise", wish.denoise)];
    let on = switches.into_iter().filter(|(_, on)| *on).map(|(name, _)| (name, "on"));
    Mix { form: Fields::new(on), remastered: how.is_some() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_what_is_cut_off_behind_it() {
        let posted = |fields: &str| {
            let pairs = fields.split('&').filter_map(|field| field.split_once('='));
            Posted(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
        };
        let whole = 100_500;
        let cut = wish(&posted("from=1:05&to=1:30.5"), whole).expect("two times");
        assert_eq!(cut, Trim { head_ms: 65_000, tail_ms: 10_000 });
        assert_eq!(wish(&posted("from=&to=9:99"), whole).expect("the whole"), Trim::default());
        assert!(wish(&posted("from=soon"), whole).is_err());
    }
}

//! `/admin/uploads`: sends recordings; the bytes themselves go to `/uploads/`.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use rostrum_app::jobs::{Stretch, Wanted};
use rostrum_app::studio::{self, ShowStanding};
use rostrum_app::uploads;
use rostrum_domain::Id;
use rostrum_store::upload::Upload;

use super::{lines, said};
use crate::call::Signed;
use crate::html::html;
use crate::state::Web;
use crate::views::When;
use crate::views::admin::JobLine;
use crate::views::admin::work::{UploadLine, Uploads};
use crate::words::say;
use crate::{Error, shape, views};

/// Jobs shown below the uploads.
const JOBS: i64 = 8;

/// The show to begin with.
#[derive(serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    show: String,
    #[serde(flatten)]
    said: said::Said,
}

/// The page.
pub async fn show(State(web): State<Web>, Query(asked): Query<Asked>, signed: Signed) -> Result<Response, Error> {
    let standings = studio::shows(&web.app, &signed.caller).await?;
    let page = views::Page {
        flash: asked.said.flash(),
        ..web.page(&say("uploads").to_string(), "/admin/uploads", Some(&signed))
    };
    let room = shape::bytes_text(room(&web, &standings, &asked.show).await?);
    let largest = shape::bytes_text(web.app.limits.upload_bytes_max);
    let shows = standings.iter().map(|s| (s.show.slug.to_string(), s.show.facts.title.clone())).collect();
    let (unfinished, jobs) = (unfinished(&web, &signed).await?, jobs(&web, &signed).await?);
    html(&Uploads { page, shows, chosen: asked.show, unfinished, room, largest, jobs })
}

/// Bytes the chosen show, or the first, may still take.
async fn room(web: &Web, standings: &[ShowStanding], chosen: &str) -> Result<u64, Error> {
    let chosen = standings.iter().find(|s| s.show.slug.as_str() == chosen).or(standings.first());
    match chosen {
        Some(standing) => Ok(studio::room(&web.app, standing.show.id).await?),
        None => Ok(0),
    }
}

async fn jobs(web: &Web, signed: &Signed) -> Result<Vec<JobLine>, Error> {
    let newest = Stretch { limit: JOBS, ..Stretch::default() };
    let (named, _) = studio::named_jobs(&web.app, &signed.caller, Wanted::default(), newest).await?;
    Ok(named.iter().map(|one| lines::job(one, web.progress.of(one.job.id).as_ref())).collect())
}

async fn unfinished(web: &Web, signed: &Signed) -> Result<Vec<UploadLine>, Error> {
    let mut lines = Vec::new();
    for upload in studio::unfinished(&web.app, signed.caller.user_id).await? {
        let received = uploads::arrived(&web.app, &upload).await;
        lines.push(line(web, &upload, received).await?);
    }
    Ok(lines)
}

async fn line(web: &Web, upload: &Upload, received: u64) -> Result<UploadLine, Error> {
    let show = rostrum_app::listing::show_facts(&web.app, &upload.show_id.to_string()).await?;
    Ok(UploadLine {
        id: upload.id.to_string(),
        name: upload.file_name.clone(),
        show: show.facts.title,
        received: i64::try_from(received).unwrap_or(i64::MAX),
        total: upload.length_bytes,
        expires: When::from(upload.expires_at),
    })
}

/// Throws an unfinished upload away.
pub async fn discard(State(web): State<Web>, Path(id): Path<Id<Upload>>, signed: Signed) -> Result<Response, Error> {
    uploads::terminate(&web.app, &signed.caller, id).await.map_err(rostrum_app::Error::from)?;
    Ok(said::to("/admin/uploads", "discarded").into_response())
}

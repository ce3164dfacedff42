//! All routes in one list.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use http::{Extensions, HeaderMap, StatusCode, Version, header};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate as _};

use crate::state::Web;
use crate::{Error, api, conditional, guard, metrics, pages, uploads, words};
use pages::{access, admin, listen, people, rooms};
use rostrum_app::artwork;
use rostrum_feed::cues;

/// The whole web role as one service.
pub fn router(web: Web) -> Router {
    Router::new()
        .merge(listening())
        .merge(studio())
        .merge(people())
        .merge(api::routes(&web))
        .merge(uploads::routes())
        .route("/favicon.ico", get(pages::assets::icon))
        .route("/static/{digest}/{*path}", get(pages::assets::show))
        .route("/healthz", get(pages::health::alive))
        .route("/readyz", get(pages::health::ready))
        .route("/metrics", get(metrics::show))
        .fallback(|| async { Error::Missing("There is no page at this address.".into()) })
        .layer(from_fn_with_state(web.clone(), listen::moved::follow))
        .layer(from_fn_with_state(web.clone(), guard::same_origin))
        .layer(from_fn(guard::nameable))
        .layer(from_fn_with_state(web.clone(), guard::render_errors))
        .layer(from_fn_with_state(web.clone(), words::layer))
        .layer(from_fn_with_state(web.clone(), guard::security_headers))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(shrinks)))
        .layer(from_fn_with_state(web.clone(), metrics::count))
        .layer(from_fn(guard::named))
        .with_state(web)
}

/// What anybody may see.
fn listening() -> Router<Web> {
    Router::new()
        .route("/", get(listen::home::home))
        .route("/search", get(listen::search::find))
        .route("/language", post(pages::language::choose))
        .route("/shows/{show}", get(listen::show::show))
        .route("/shows/{show}/feed.xml", get(listen::feed::show))
        .route("/shows/{show}/calendar.ics", get(listen::calendar::show))
        .route("/shows/{show}/qr.svg", get(listen::qr::show))
        .route("/shows/{show}/theme.css", get(listen::theme::show))
        .route("/shows/{show}/{episode}", get(listen::episode::show))
        .route("/shows/{show}/{episode}/chapters.json", get(listen::chapters::show))
        .route("/shows/{show}/{episode}/chat.json", get(listen::chat::show))
        .route("/shows/{show}/{episode}/replay/{playlist}", get(listen::replay::show))
        .route("/rooms/{room}", get(rooms::page::show))
        .route("/rooms/{room}/studio", get(rooms::page::studio))
        .route("/rooms/{room}/grant", post(rooms::door::grant))
        .route("/rooms/{room}/chat", post(rooms::talk::chat))
        .route("/rooms/{room}/reactions", post(rooms::talk::react))
        .route("/rooms/{room}/control", post(rooms::talk::ask))
        .route(
            "/rooms/{room}/backfill",
            get(rooms::backfill::lacking)
                .post(rooms::backfill::take)
                .layer(DefaultBodyLimit::max(rostrum_app::rooms::backfill::BYTES_MAX)),
        )
        .route("/embed/{episode}", get(listen::embed::show))
        .route("/oembed", get(listen::oembed::show))
        .route("/ingest/{room}/open", post(pages::ingest::open))
        .route("/media/{asset}/{file}", get(pages::media::show))
        .layer(from_fn(conditional::known))
}

/// The studio: shows, episodes, uploads, jobs.
fn studio() -> Router<Web> {
    Router::new()
        .route("/admin", get(admin::dashboard::show))
        .route("/admin/shows", get(admin::shows::list))
        .route("/admin/shows/new", get(admin::shows::blank).post(admin::shows::create))
        .route("/admin/shows/{show}", get(admin::show::edit).post(admin::show::save))
        .route("/admin/shows/{show}/artwork", post(admin::show_artwork::save).layer(largest(artwork::BYTES_MAX)))
        .route("/admin/shows/{show}/members", post(admin::show_members::set))
        .route("/admin/shows/{show}/members/{user}/remove", post(admin::show_members::remove))
        .route("/admin/shows/{show}/delete", post(admin::show::delete))
        .route("/admin/shows/{show}/episodes", get(admin::episodes::list))
        .route("/admin/shows/{show}/episodes/new", get(admin::episodes::blank).post(admin::episodes::create))
        .route("/admin/episodes/{episode}", get(admin::episode::edit).post(admin::episode::save))
        .route("/admin/episodes/{episode}/publish", post(admin::episode_state::publish))
        .route("/admin/episodes/{episode}/schedule", post(admin::episode_state::schedule))
        .route("/admin/episodes/{episode}/unpublish", post(admin::episode_state::unpublish))
        .route("/admin/episodes/{episode}/artwork", post(admin::episode_art::save).layer(largest(artwork::BYTES_MAX)))
        .route("/admin/episodes/{episode}/artwork/remove", post(admin::episode_art::remove))
        .route("/admin/episodes/{episode}/erase", get(admin::episode_erase::form).post(admin::episode_erase::ask))
        .route("/admin/episodes/{episode}/recording", get(admin::episode_recording::form))
        .route("/admin/episodes/{episode}/trim", post(admin::episode_recording::trim))
        .route("/admin/episodes/{episode}/remaster", post(admin::episode_recording::remaster))
        .route("/admin/episodes/{episode}/live-mix", post(admin::episode_recording::undo))
        .route("/admin/episodes/{episode}/stems", post(admin::episode_stems::ask))
        .route("/admin/episodes/{episode}/chapters/adopt", post(admin::episode_chapters::adopt))
        .route("/admin/episodes/{episode}/transcript", post(admin::transcript::save).layer(largest(cues::BYTES_MAX)))
        .route("/admin/episodes/{episode}/transcript/remove", post(admin::transcript::remove))
        .route("/admin/episodes/{episode}/delete", post(admin::episode::delete))
        .route("/admin/rooms", get(admin::rooms::list))
        .route("/admin/rooms/new", get(admin::rooms::blank).post(admin::rooms::create))
        .route("/admin/rooms/{room}", get(admin::room::edit).post(admin::room::save))
        .route("/admin/rooms/{room}/open", post(admin::room::open))
        .route("/admin/rooms/{room}/end", post(admin::room::end))
        .route("/admin/rooms/{room}/delete", post(admin::room::delete))
        .route("/admin/rooms/{room}/lines/{line}/remove", post(admin::room::remove_line))
        .route("/admin/rooms/{room}/invites", post(admin::room::invite))
        .route("/admin/rooms/{room}/invites/{invite}/revoke", post(admin::room::revoke))
        .route("/admin/uploads", get(admin::uploads::show))
        .route("/admin/uploads/{upload}/discard", post(admin::uploads::discard))
        .route("/admin/jobs", get(admin::jobs::list))
        .route("/admin/jobs/events", get(admin::jobs::events))
        .route("/admin/jobs/{job}/cancel", post(admin::jobs::cancel))
        .route("/admin/jobs/{job}/retry", post(admin::jobs::again))
        .route("/admin/styleguide", get(admin::styleguide::show))
}

/// The way in and out, one's account, and the people of the site.
fn people() -> Router<Web> {
    Router::new()
        .route("/sign-in", get(access::sign_in::show).post(access::sign_in::submit))
        .route("/sign-out", post(access::sign_out::submit))
        .route("/forgot", get(access::forgot::show).post(access::forgot::submit))
        .route("/link/email/{secret}", get(access::email::show).post(access::email::submit))
        .route("/link/{kind}/{secret}", get(access::link::show).post(access::link::submit))
        .route("/admin/account", get(people::account::show).post(people::account::submit))
        .route("/admin/account/email", post(people::email::submit))
        .route("/admin/account/email/forget", post(people::email::forget))
        .route("/admin/account/password", post(people::password::submit))
        .route("/admin/account/sessions/end-others", post(people::sessions::end_others))
        .route("/admin/account/sessions/{session}/end", post(people::sessions::end))
        .route("/admin/account/tokens", post(people::tokens::make))
        .route("/admin/account/tokens/{token}/revoke", post(people::tokens::revoke))
        .route("/admin/people", get(people::list::show))
        .route("/admin/people/invite", post(people::invite::submit))
        .route("/admin/people/{user}/role", post(people::role::submit))
        .route("/admin/people/{user}/disable", post(people::role::disable))
        .route("/admin/people/{user}/enable", post(people::role::enable))
        .route("/admin/people/{user}/link", post(people::link::submit))
        .route("/admin/audit", get(people::audit::show))
        .layer(from_fn(guard::private))
}

/// Whether an answer may be compressed on its way: not what can be asked for in parts, whose length, ranges and tag are
/// those of the stored bytes, and not what holds no air any more.
fn shrinks(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let dense = ["audio/", "video/", "application/octet-stream", "application/zip"];
    let in_parts = headers.contains_key(header::ACCEPT_RANGES) || headers.contains_key(header::CONTENT_RANGE);
    !in_parts && !dense.iter().any(|start| kind.starts_with(start))
}

/// Room for a form with one file of at most `bytes`.
fn largest(bytes: usize) -> DefaultBodyLimit {
    DefaultBodyLimit::max(bytes + 64 * 1024)
}

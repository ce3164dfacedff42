//! The JSON API: one file per endpoint, problem documents for errors, every endpoint in the one list below.

pub mod at;
pub mod audit;
pub mod body;
pub mod document;
pub mod episodes;
pub mod idempotent;
pub mod ingest;
pub mod jobs;
pub mod paging;
pub mod rooms;
pub mod schema;
pub mod shows;
pub mod tokens;
pub mod uploads;
pub mod users;
pub mod version;

#[cfg(test)]
mod access_tests;
#[cfg(test)]
pub(crate) mod testing;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get};
use http::StatusCode;
use utoipa::OpenApi;

use crate::Error;
use crate::state::Web;
use document::Rest;

/// Makes the routes and their description from one list.
macro_rules! endpoints {
    ($($path:literal => $($method:ident($($part:ident)::+)),+;)+) => {
        fn endpoints() -> Router<Web> {
            Router::new()$(.route($path, MethodRouter::new()$(.$method($($part)::+))+))+
        }

        /// The API as its document describes it.
        #[derive(OpenApi)]
        #[openapi(
            info(title = "Rostrum", description = "Shows, episodes, uploads and people of a Rostrum server."),
            paths($($($($part)::+),+),+),
            components(schemas(schema::Problem)),
            modifiers(&Rest)
        )]
        struct Api;

        #[cfg(test)]
        const ENDPOINTS: &[(&str, &str)] = &[$($((stringify!($method), $path)),+),+];
    };
}

endpoints! {
    "/api/v1/shows" => get(shows::list::list), post(shows::list::create);
    "/api/v1/shows/{show}" => get(shows::one::show), patch(shows::one::change), delete(shows::one::remove);
    "/api/v1/shows/{show}/artwork" => put(shows::artwork::set_artwork);
    "/api/v1/shows/{show}/members" => get(shows::members::members), put(shows::members::set_member);
    "/api/v1/shows/{show}/members/{user}" => delete(shows::members::remove_member);
    "/api/v1/shows/{show}/episodes" => get(episodes::list::list), post(episodes::list::create);
    "/api/v1/episodes/{episode}" =>
        get(episodes::one::show), patch(episodes::one::change), delete(episodes::one::remove);
    "/api/v1/episodes/{episode}/publish" => post(episodes::life::publish);
    "/api/v1/episodes/{episode}/unpublish" => post(episodes::life::unpublish);
    "/api/v1/episodes/{episode}/schedule" => post(episodes::life::schedule);
    "/api/v1/episodes/{episode}/transcript" =>
        put(episodes::transcript::set_transcript), delete(episodes::transcript::remove_transcript);
    "/api/v1/episodes/{episode}/artwork" =>
        put(episodes::artwork::set_artwork), delete(episodes::artwork::remove_artwork);
    "/api/v1/episodes/{episode}/adopt-chapters" => post(episodes::chapters::adopt_chapters);
    "/api/v1/rooms" => get(rooms::list::list), post(rooms::list::create);
    "/api/v1/rooms/{room}" => get(rooms::one::show), patch(rooms::one::change), delete(rooms::one::remove);
    "/api/v1/rooms/{room}/open" => post(rooms::life::open);
    "/api/v1/rooms/{room}/live" => post(rooms::life::live);
    "/api/v1/rooms/{room}/end" => post(rooms::life::end);
    "/api/v1/rooms/{room}/grants" => post(rooms::grants::make_grant);
    "/api/v1/rooms/{room}/invites" => get(rooms::invites::invites), post(rooms::invites::make_invite);
    "/api/v1/rooms/{room}/invites/{invite}" => delete(rooms::invites::revoke_invite);
    "/api/v1/rooms/{room}/participants" => get(rooms::told::participants);
    "/api/v1/rooms/{room}/participants/{participant}" =>
        patch(rooms::people::change_participant), delete(rooms::people::remove_participant);
    "/api/v1/rooms/{room}/messages" => get(rooms::told::messages), post(rooms::told::write);
    "/api/v1/rooms/{room}/messages/{message}" => delete(rooms::told::remove_message);
    "/api/v1/rooms/{room}/markers" => get(rooms::told::markers), post(rooms::told::mark);
    "/api/v1/episodes/{episode}/stems" => post(episodes::stems::make_stems);
    "/api/v1/episodes/{episode}/trim" => get(episodes::trim::trim), put(episodes::trim::set_trim);
    "/api/v1/episodes/{episode}/remaster" =>
        post(episodes::remaster::remaster), delete(episodes::remaster::undo_remaster);
    "/api/v1/episodes/{episode}/erasures" => post(episodes::erasures::erase_recording);
    "/api/v1/audit" => get(audit::list);
    "/api/v1/jobs" => get(jobs::list::list);
    "/api/v1/jobs/{job}" => get(jobs::one::show);
    "/api/v1/jobs/{job}/cancel" => post(jobs::one::cancel);
    "/api/v1/jobs/{job}/retry" => post(jobs::one::retry);
    "/api/v1/uploads" => get(uploads::describe);
    "/api/v1/users" => get(users::list::list), post(users::list::invite);
    "/api/v1/users/{user}" => get(users::one::show), patch(users::one::change), delete(users::one::remove);
    "/api/v1/users/{user}/link" => post(users::link::make);
    "/api/v1/rooms/{room}/ingest" => post(ingest::set_up);
    "/api/v1/tokens" => get(tokens::list::list), post(tokens::list::make);
    "/api/v1/tokens/{token}" => delete(tokens::one::revoke);
}

/// The API's routes.
pub fn routes(web: &Web) -> Router<Web> {
    endpoints()
        .route_layer(from_fn_with_state(web.clone(), idempotent::layer))
        .route("/api/openapi.json", get(document::show))
        .method_not_allowed_fallback(wrong_method)
}

async fn wrong_method() -> Error {
    Error::limit(StatusCode::METHOD_NOT_ALLOWED, "This address does not take that method; Allow names those it takes.")
}

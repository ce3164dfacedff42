//! `POST /rooms/{room}/grant`: the right to take part, for members of the show, holders of an invitation, signed-in
//! people and guests with a name. Guests are known again by a cookie.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, header};
use rostrum_app::rooms::grants::{self, Asking};

use crate::Error;
use crate::api::body::Body;
use crate::api::rooms::grants::GrantBody;
use crate::call::{Signed, cookie};
use crate::state::Web;

/// Name of the cookie by which guests are known again.
const COOKIE: &str = "rostrum_guest";
/// The same over https, bound to this host by its prefix.
const SECURE_COOKIE: &str = "__Host-rostrum_guest";
/// How long a guest is known, in seconds: thirty days.
const KNOWN_S: u32 = 30 * 86_400;
/// Characters of the secret in the cookie.
const SECRET_CHARS: usize = 43;

/// What a page sends.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wish {
    name: Option<String>,
    invite: Option<String>,
}

/// Gives a grant, or renews it.
pub async fn grant(
    State(web): State<Web>,
    Path(room): Path<String>,
    (signed, headers): (Option<Signed>, HeaderMap),
    Body(wish): Body<Wish>,
) -> Result<Response, Error> {
    let (secret, fresh) = guest(&web, &headers);
    let signed = signed.as_ref().map(|signed| (&signed.caller, signed.name.as_str()));
    let asking = Asking { signed, guest: &secret, name: wish.name.as_deref(), invite: wish.invite.as_deref() };
    let granted = grants::renew(&web.app, &room, &asking).await?;
    let answer = ([(header::CACHE_CONTROL, "no-store")], Json(GrantBody::from(granted))).into_response();
    Ok(if fresh { remembered(&web, answer, &secret) } else { answer })
}

/// The guest's secret, and whether it was just made.
fn guest(web: &Web, headers: &HeaderMap) -> (String, bool) {
    let known = cookie(headers, name(web)).filter(|secret| secret.len() == SECRET_CHARS);
    known.map_or_else(|| (URL_SAFE_NO_PAD.encode(web.app.ids.bytes()), true), |secret| (secret.to_owned(), false))
}

fn name(web: &Web) -> &'static str {
    if web.secure { SECURE_COOKIE } else { COOKIE }
}

fn remembered(web: &Web, mut answer: Response, secret: &str) -> Response {
    let secure = if web.secure { "; Secure" } else { "" };
    let line = format!("{}={secret}; Max-Age={KNOWN_S}; Path=/; HttpOnly; SameSite=Lax{secure}", name(web));
    let line = HeaderValue::from_str(&line).expect("secrets are base64url");
    answer.headers_mut().append(header::SET_COOKIE, line);
    answer
}

//! `/language`: the reader chooses a language; it stays chosen in this browser.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderValue, header};
use rostrum_words::Lang;

use crate::Error;
use crate::door::local;
use crate::forms::Posted;
use crate::state::Web;
use crate::words::COOKIE;

/// How long a choice stays, in seconds: a year.
const LIFE_S: u32 = 31_536_000;

/// Keeps the choice and goes back to the page it was made on.
pub async fn choose(State(web): State<Web>, Form(posted): Form<Posted>) -> Result<Response, Error> {
    let lang = Lang::find(&posted.text("language"));
    let lang = lang.ok_or_else(|| Error::Missing("There is no such language here.".into()))?;
    let back = posted.some("return_to").unwrap_or_else(|| "/".to_owned());
    let mut response = Redirect::to(&local(&web, &back)).into_response();
    let secure = if web.secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={}; Max-Age={LIFE_S}; Path=/; HttpOnly; SameSite=Lax{secure}", lang.tag());
    let cookie = HeaderValue::from_str(&cookie).expect("language tags are plain letters");
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

//! Extractors: who is asking, by session cookie or API token.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use http::{HeaderMap, header};
use rostrum_app::auth;
use rostrum_domain::access::Caller;

use crate::Error;
use crate::state::Web;

/// Name of the session cookie over plain http on the own machine.
pub const COOKIE: &str = "rostrum_session";
/// Name of the session cookie over https: bound to this host, path and scheme by its prefix.
pub const SECURE_COOKIE: &str = "__Host-rostrum_session";

/// Somebody who has shown who they are.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Their rights.
    pub caller: Caller,
    /// What pages call them.
    pub name: String,
    /// The session in use; none for a token.
    pub session: Option<rostrum_domain::Id<rostrum_domain::user::Session>>,
}

impl Signed {
    /// The same in the use-cases' words.
    pub fn identity(&self) -> auth::Identity {
        auth::Identity { caller: self.caller.clone(), name: self.name.clone(), session: self.session }
    }
}

/// The client's address as the edge saw it; empty when there is none.
#[derive(Debug, Clone, Default)]
pub struct ClientAddress(pub String);

impl FromRequestParts<Web> for Signed {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Error> {
        identify(&parts.headers, web).await?.ok_or_else(|| Error::Unauthenticated("Please sign in first.".into()))
    }
}

impl OptionalFromRequestParts<Web> for Signed {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Option<Self>, Error> {
        identify(&parts.headers, web).await
    }
}

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(client(&parts.headers).to_owned()))
    }
}

/// A token that is wrong is an error; a cookie that is wrong is nobody, since it may just be old.
pub(crate) async fn identify(headers: &HeaderMap, web: &Web) -> Result<Option<Signed>, Error> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let token = value.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
        return Ok(Some(signed(auth::by_token(&web.app, token.trim()).await?, headers)));
    }
    let Some(secret) = cookie(headers, if web.secure { SECURE_COOKIE } else { COOKIE }) else {
        return Ok(None);
    };
    Ok(auth::by_session(&web.app, secret).await?.map(|identity| signed(identity, headers)))
}

/// The network goes along, for the audit log.
fn signed(identity: auth::Identity, headers: &HeaderMap) -> Signed {
    let from = auth::network(client(headers));
    Signed { caller: Caller { from, ..identity.caller }, name: identity.name, session: identity.session }
}

fn client(headers: &HeaderMap) -> &str {
    headers.get("x-forwarded-for").and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The value of a cookie.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

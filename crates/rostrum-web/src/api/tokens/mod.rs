//! `/api/v1/tokens`: the caller's own API tokens.

pub mod list;
pub mod one;

use jiff::Timestamp;
use rostrum_domain::user::{Scope, Token};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A token, without its text.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenBody {
    /// The token's id.
    id: String,
    /// What its owner calls it.
    name: String,
    /// `read`, `write`, `admin`.
    #[schema(value_type = Vec<String>)]
    scopes: Vec<Scope>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// No use of it after this.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// When it was last used, to a minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    used_at: Option<Timestamp>,
}

impl From<Token> for TokenBody {
    fn from(token: Token) -> Self {
        let Token { id, name, scopes, created_at, expires_at, used_at, .. } = token;
        Self { id: id.to_string(), name, scopes, created_at, expires_at, used_at }
    }
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTokenBody {
    /// What to call it.
    name: String,
    /// `read`, `write`, `admin`; at least one, and none the caller lacks.
    #[schema(value_type = Vec<String>)]
    scopes: Vec<Scope>,
    /// Days until it ends; left out for no end.
    days: Option<u32>,
}

/// A token just made, with its text.
#[derive(Debug, Serialize, ToSchema)]
pub struct FreshTokenBody {
    /// The token.
    token: TokenBody,
    /// What goes behind `Authorization: Bearer`; shown only here.
    text: String,
}

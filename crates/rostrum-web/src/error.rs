//! The web's error: six kinds, turned into a page or a problem document (RFC 9457) by the outermost layer.
//!
//! Handlers return `Error` with `?`; a use-case's error maps by kind. Internal errors are logged here, once, and show
//! the reader an id only.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use rostrum_domain::{Problem, Problems};

/// Why a request was not answered as asked.
#[derive(Debug, Clone)]
pub enum Error {
    /// Values to be mended (422), or a request that makes no sense (400 when the list is empty).
    Invalid(Problems),
    /// Sign-in needed (401).
    Unauthenticated(String),
    /// Not allowed (403).
    Denied(String),
    /// Nothing here (404).
    Missing(String),
    /// The state, or a limit, forbids it: any other 4xx or 503, with what to do and maybe the seconds to wait.
    Conflict {
        /// The exact status.
        status: StatusCode,
        /// A stable word for programs; empty where the status says enough.
        code: String,
        /// For a person.
        text: String,
        /// `Retry-After`, in seconds.
        wait_s: Option<u32>,
    },
    /// Our fault (500).
    Internal,
}

impl Error {
    /// A plain 409.
    pub fn conflict(text: impl Into<String>) -> Self {
        Self::limit(StatusCode::CONFLICT, text)
    }

    /// A limit or state with a status of its own.
    pub fn limit(status: StatusCode, text: impl Into<String>) -> Self {
        Self::Conflict { status, code: String::new(), text: text.into(), wait_s: None }
    }

    /// Something that may go well after so many seconds.
    fn later(status: StatusCode, code: &str, (text, wait_s): (&str, u32)) -> Self {
        Self::Conflict { status, code: code.to_owned(), text: text.to_owned(), wait_s: Some(wait_s) }
    }

    /// The word that programs go by; empty where the status says enough.
    pub fn code(&self) -> &str {
        if let Self::Conflict { code, .. } = self { code } else { "" }
    }

    /// One field to be mended.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(Problems::one(field, message))
    }

    /// Logs what happened and hides it.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        let causes = std::iter::successors(error.source(), |error| error.source());
        let causes: Vec<String> = causes.map(ToString::to_string).collect();
        tracing::error!(%error, ?causes, "a request failed");
        Self::Internal
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::Denied(_) => StatusCode::FORBIDDEN,
            Self::Missing(_) => StatusCode::NOT_FOUND,
            Self::Conflict { status, .. } => *status,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What a person reads.
    pub fn text(&self) -> String {
        match self {
            Self::Invalid(problems) => match problems.0.as_slice() {
                [] => "The request could not be understood.".into(),
                [Problem { message, .. }] => message.clone(),
                many => format!("{} values need attention.", many.len()),
            },
            Self::Unauthenticated(text) | Self::Denied(text) | Self::Missing(text) | Self::Conflict { text, .. } => {
                text.clone()
            }
            Self::Internal => "Something went wrong on our side. It has been noted.".into(),
        }
    }

    /// The values to be mended.
    pub fn problems(&self) -> &[Problem] {
        if let Self::Invalid(problems) = self { &problems.0 } else { &[] }
    }
}

impl From<rostrum_app::Error> for Error {
    fn from(error: rostrum_app::Error) -> Self {
        use rostrum_app::Error as App;
        match error {
            App::Invalid(problems) => Self::Invalid(problems),
            App::Unauthenticated(text) => Self::Unauthenticated(text.into()),
            App::Denied(text) => Self::Denied(text.into()),
            App::Missing(what) => Self::Missing(format!("There is no such {what}, or it is not yours to see.")),
            App::Conflict(text) => Self::conflict(text),
            App::TooLarge(text) => Self::limit(StatusCode::PAYLOAD_TOO_LARGE, text),
            App::Busy(text, wait) => Self::later(StatusCode::TOO_MANY_REQUESTS, "too_fast", (text, wait)),
            App::Away(text, wait) => Self::later(StatusCode::SERVICE_UNAVAILABLE, "stage_away", (text, wait)),
            App::Refused { code, message } => {
                Self::Conflict { status: refusal(&code), code, text: message, wait_s: None }
            }
            App::NoRoom => Self::limit(StatusCode::INSUFFICIENT_STORAGE, error.to_string()),
            App::Internal(source) => Self::internal(&*source),
        }
    }
}

/// The status of a room's refusal.
fn refusal(code: &str) -> StatusCode {
    match code {
        "too_fast" | "slow_mode" => StatusCode::TOO_MANY_REQUESTS,
        "not_allowed" | "outranked" | "removed" | "banned" | "locked" | "chat_off" | "chat_stage" => {
            StatusCode::FORBIDDEN
        }
        "grant_expired" | "grant_forged" | "grant_malformed" | "chat_signed_in" => StatusCode::UNAUTHORIZED,
        code if code.starts_with("invite_") => StatusCode::FORBIDDEN,
        "copy_late" | "copy_closed" => StatusCode::GONE,
        "room_missing" | "nobody_such" | "no_line" => StatusCode::NOT_FOUND,
        code if code.starts_with("bad_") || code.starts_with("name_") => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Self::internal(&error)
    }
}

impl IntoResponse for Error {
    /// An empty answer that carries the error; [`crate::guard::render_errors`] gives it a body the reader can use.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if let Self::Conflict { wait_s: Some(seconds), .. } = &self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

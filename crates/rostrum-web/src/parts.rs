//! A multipart form with one file, read into memory up to a limit.

use axum::extract::Multipart;
use bytes::{Bytes, BytesMut};
use http::StatusCode;

use crate::Error;

/// Longest text field, in bytes.
const TEXT_MAX: usize = 10_000;

/// What a form sent.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    texts: Vec<(String, String)>,
    files: Vec<(String, Bytes)>,
}

impl Sent {
    /// The value of a text field; empty when it was not sent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.texts.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// The bytes of a file field.
    pub(crate) fn file(&self, name: &'static str) -> Result<Bytes, Error> {
        let found = self.files.iter().find(|(field, bytes)| field == name && !bytes.is_empty());
        found.map(|(_, bytes)| bytes.clone()).ok_or_else(|| Error::invalid(name, "Choose a file first."))
    }
}

/// Reads the whole form; a file over `file_max` bytes is refused as soon as it shows.
pub(crate) async fn read(mut form: Multipart, file_max: usize) -> Result<Sent, Error> {
    let mut sent = Sent::default();
    let broken = |_| Error::limit(StatusCode::BAD_REQUEST, "The form could not be read. Please send it again.");
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let is_file = field.file_name().is_some();
        let max = if is_file { file_max } else { TEXT_MAX };
        let mut bytes = BytesMut::new();
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            if bytes.len() + chunk.len() > max {
                let text = format!("This is larger than {} MB, the most that is taken here.", file_max >> 20);
                return Err(Error::limit(StatusCode::PAYLOAD_TOO_LARGE, text));
            }
            bytes.extend_from_slice(&chunk);
        }
        if is_file {
            sent.files.push((name, bytes.freeze()));
        } else {
            sent.texts.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    Ok(sent)
}

//! The files of `static/`, embedded in the binary and served under one digest of them all. Pure lookups: no I/O, no
//! HTTP types. One digest for the whole folder keeps relative imports between modules working.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "../../static"]
struct Files;

/// The stylesheet that only lists others; it is served as all of them joined, so that a page needs one request.
const STYLES: &str = "css/main.css";

/// One static file, ready to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaticFile {
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
    /// Its media type, with charset where it is text.
    pub mime: &'static str,
    /// A strong entity tag, quotes included (RFC 9110 section 8.8.3).
    pub etag: String,
}

struct Shelf {
    digest: String,
    files: BTreeMap<String, StaticFile>,
}

static SHELF: LazyLock<Shelf> = LazyLock::new(|| {
    let files: BTreeMap<_, _> = Files::iter().map(|path| (path.to_string(), read(&path))).collect();
    let mut digest = Sha256::new();
    for (path, file) in &files {
        digest.update(path.as_bytes());
        digest.update(file.etag.as_bytes());
    }
    let digest = hex::encode(&digest.finalize()[..6]);
    Shelf { digest, files }
});

/// The address of a static file, as in `/static/0f3a…/css/main.css`.
pub fn url(path: &str) -> String {
    format!("/static/{}/{path}", SHELF.digest)
}

/// The digest in the addresses; an answer under another digest must not be cached for long.
pub fn digest() -> &'static str {
    &SHELF.digest
}

/// The file at `path` below the digest, if there is one.
pub fn lookup(path: &str) -> Option<&'static StaticFile> {
    SHELF.files.get(path)
}

/// Every path, in order.
pub fn paths() -> impl Iterator<Item = &'static str> {
    SHELF.files.keys().map(String::as_str)
}

fn read(path: &str) -> StaticFile {
    let bytes = if path == STYLES { Cow::Owned(join(path)) } else { embedded(path) };
    let etag = format!("\"{}\"", hex::encode(&Sha256::digest(&bytes)[..12]));
    StaticFile { mime: mime(path), etag, bytes }
}

fn embedded(path: &str) -> Cow<'static, [u8]> {
    Files::get(path).expect("the path comes from the embedded list or from main.css, which a test reads").data
}

/// Puts the text of each `@import "part.css";` in its place.
fn join(path: &str) -> Vec<u8> {
    let text = embedded(path);
    let mut joined = String::new();
    for line in String::from_utf8_lossy(&text).lines() {
        match line.strip_prefix("@import \"").and_then(|rest| rest.strip_suffix("\";")) {
            Some(part) => joined.push_str(&String::from_utf8_lossy(&embedded(&format!("css/{part}")))),
            None => joined.push_str(line),
        }
        joined.push('\n');
    }
    joined.into_bytes()
}

fn mime(path: &str) -> &'static str {
    if path.ends_with("/LICENSE") {
        return "text/plain; charset=utf-8";
    }
    match path.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "png" => "image/png",
        "webmanifest" => "application/manifest+json",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_a_type_and_a_tag() {
        for path in paths() {
            let file = lookup(path).expect("listed files are found");
            assert_ne!(file.mime, "application/octet-stream", "{path} needs a media type");
            assert!(file.etag.len() == 26 && file.etag.starts_with('"'), "{path}");
        }
        assert!(lookup("css/none.css").is_none() && lookup("../Cargo.toml").is_none());
    }

    #[test]
    fn the_stylesheet_is_joined() {
        let file = lookup(STYLES).expect("the site has a stylesheet");
        let text = String::from_utf8_lossy(&file.bytes);
        assert!(!text.contains("@import") && text.contains("--accent:"));
    }

    #[test]
    fn addresses_resolve() {
        let address = url("icons.svg");
        let path = address.strip_prefix("/static/").and_then(|rest| rest.split_once('/')).expect("digest and path");
        assert_eq!(path, (digest(), "icons.svg"));
        assert!(lookup(path.1).is_some());
    }
}

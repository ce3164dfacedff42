//! The headers of tus 1.0.0 as values, with limits on everything a stranger may send. Knows nothing of what they do.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use http::{HeaderMap, StatusCode, header};
use rostrum_app::uploads::{Algorithm, Checksum, PARTS_MAX};
use rostrum_domain::Id;
use rostrum_store::upload::Upload;

/// The version of the protocol spoken here.
pub(super) const VERSION: &str = "1.0.0";
/// The extensions of the protocol spoken here.
pub(super) const EXTENSIONS: &str = "creation,creation-with-upload,checksum,termination,expiration,concatenation";
/// The media type of bytes on their way.
const OFFSET_STREAM: &str = "application/offset+octet-stream";
/// Longest `Upload-Metadata`, in bytes.
const METADATA_MAX: usize = 8 * 1024;
/// Most pairs in `Upload-Metadata`.
const PAIRS_MAX: usize = 32;
/// Longest `Upload-Concat`, in bytes.
const CONCAT_MAX: usize = 8 * 1024;

/// Base64 as clients write it: some leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A request that is not tus 1.0.0 as it is spoken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// Another version, or none.
    #[error("This server speaks tus {VERSION}; the request must say so in Tus-Resumable.")]
    Version,
    /// Bytes under another media type.
    #[error("Bytes of an upload are sent as {OFFSET_STREAM}.")]
    MediaType,
    /// A header that is missing or cannot be understood: its name and what it should hold.
    #[error("{0} {1}.")]
    Header(&'static str, &'static str),
    /// More metadata than anybody needs.
    #[error("Upload-Metadata is longer than {METADATA_MAX} bytes or holds more than {PAIRS_MAX} pairs.")]
    Metadata,
}

impl Refusal {
    /// The status it is answered with.
    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::Version => StatusCode::PRECONDITION_FAILED,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Header(..) | Self::Metadata => StatusCode::BAD_REQUEST,
        }
    }
}

/// What a creation asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Creation {
    /// A file of its own, of this many bytes.
    Whole(u64),
    /// A piece of a later final upload, of this many bytes.
    Partial(u64),
    /// The join of these uploads.
    Final(Vec<Id<Upload>>),
}

/// `Upload-Metadata`: its text and what it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Metadata {
    /// As it was sent.
    pub(super) raw: String,
    pairs: Vec<(String, String)>,
}

impl Metadata {
    /// The value of `key`, if it has one that is not empty.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        found.filter(|value| !value.is_empty())
    }
}

/// Refuses every version but ours.
pub(super) fn version(headers: &HeaderMap) -> Result<(), Refusal> {
    if text(headers, "tus-resumable")? == Some(VERSION) { Ok(()) } else { Err(Refusal::Version) }
}

/// What a creation asks for.
pub(super) fn creation(headers: &HeaderMap) -> Result<Creation, Refusal> {
    if headers.contains_key("upload-defer-length") {
        return Err(Refusal::Header("Upload-Defer-Length", "is not accepted here; say the length at once"));
    }
    let concat = text(headers, "upload-concat")?;
    match concat {
        None => Ok(Creation::Whole(length(headers)?)),
        Some("partial") => Ok(Creation::Partial(length(headers)?)),
        Some(list) => Ok(Creation::Final(parts(headers, list)?)),
    }
}

fn length(headers: &HeaderMap) -> Result<u64, Refusal> {
    number(headers, "upload-length")?.ok_or(Refusal::Header("Upload-Length", "must say how many bytes will come"))
}

fn parts(headers: &HeaderMap, list: &str) -> Result<Vec<Id<Upload>>, Refusal> {
    const BAD: Refusal = Refusal::Header("Upload-Concat", "must be “partial”, or “final;” and the parts' addresses");
    if headers.contains_key("upload-length") {
        return Err(Refusal::Header("Upload-Length", "is not said of a final upload; its parts have theirs"));
    }
    if list.len() > CONCAT_MAX {
        return Err(BAD);
    }
    let addresses = list.strip_prefix("final;").ok_or(BAD)?;
    let parts: Vec<_> = addresses.split_ascii_whitespace().map(part).collect::<Option<_>>().ok_or(BAD)?;
    if parts.is_empty() || parts.len() > PARTS_MAX {
        return Err(Refusal::Header("Upload-Concat", "names no part or too many"));
    }
    Ok(parts)
}

/// The upload an address of ours names, absolute or not.
fn part(address: &str) -> Option<Id<Upload>> {
    let (before, id) = address.rsplit_once('/')?;
    if before.ends_with("/uploads") { id.parse().ok() } else { None }
}

/// `Upload-Metadata`: pairs of a key and a value in base64, or a key alone.
pub(super) fn metadata(headers: &HeaderMap) -> Result<Metadata, Refusal> {
    const BAD: Refusal = Refusal::Header("Upload-Metadata", "must be pairs of a key and its text in base64");
    let Some(raw) = text(headers, "upload-metadata")? else { return Ok(Metadata::default()) };
    if raw.len() > METADATA_MAX || raw.split(',').count() > PAIRS_MAX {
        return Err(Refusal::Metadata);
    }
    let mut pairs: Vec<(String, String)> = Vec::new();
    for pair in raw.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = BASE64.decode(value.trim()).map_err(|_| BAD)?;
        let value = String::from_utf8(value).map_err(|_| BAD)?;
        if pairs.iter().any(|(known, _)| known == key) {
            return Err(BAD);
        }
        pairs.push((key.to_owned(), value));
    }
    Ok(Metadata { raw: raw.to_owned(), pairs })
}

/// Where the bytes of a `PATCH` begin, once their media type is right.
pub(super) fn offset(headers: &HeaderMap) -> Result<u64, Refusal> {
    if !carries_bytes(headers) {
        return Err(Refusal::MediaType);
    }
    number(headers, "upload-offset")?.ok_or(Refusal::Header("Upload-Offset", "must say where the bytes begin"))
}

/// Whether the body holds bytes of an upload.
pub(super) fn carries_bytes(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().eq_ignore_ascii_case(OFFSET_STREAM.as_bytes()))
}

/// How many bytes the body has, if the request says so.
pub(super) fn body_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// `Upload-Checksum`: an algorithm and the digest in base64.
pub(super) fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Refusal> {
    const BAD: Refusal = Refusal::Header("Upload-Checksum", "must be sha1, sha256 or sha512 and the digest in base64");
    let Some(value) = text(headers, "upload-checksum")? else { return Ok(None) };
    let (name, digest) = value.split_once(' ').ok_or(BAD)?;
    let algorithm = Algorithm::ALL.into_iter().find(|known| known.as_str() == name).ok_or(BAD)?;
    let digest = BASE64.decode(digest.trim()).map_err(|_| BAD)?;
    if digest.len() == algorithm.digest_bytes() { Ok(Some(Checksum { algorithm, digest })) } else { Err(BAD) }
}

/// The names of the algorithms that checksums may use.
pub(super) fn algorithms() -> String {
    Algorithm::ALL.map(Algorithm::as_str).join(",")
}

/// A header's text when it is there once; a header given twice says two things.
fn text<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<Option<&'h str>, Refusal> {
    const BAD: Refusal = Refusal::Header("A header", "is given twice or holds other than plain text");
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| BAD),
        _ => Err(BAD),
    }
}

fn number(headers: &HeaderMap, name: &'static str) -> Result<Option<u64>, Refusal> {
    const BAD: Refusal = Refusal::Header("Upload-Length and Upload-Offset", "are whole numbers of bytes");
    let Some(value) = text(headers, name)? else { return Ok(None) };
    // Digits only: a sign or a blank means another thing to another program.
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|number| digits && *number <= i64::MAX.unsigned_abs());
    number.map(Some).ok_or(BAD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    const BAD: u16 = 400;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            let name: HeaderName = name.parse().expect("it is a name");
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).expect("it is a value"));
        }
        headers
    }

    fn status<T: std::fmt::Debug>(outcome: Result<T, Refusal>) -> u16 {
        outcome.expect_err("it should be refused").status().as_u16()
    }

    #[test]
    fn versions() {
        assert_eq!(version(&headers(&[("Tus-Resumable", "1.0.0")])), Ok(()));
        for bad in [headers(&[]), headers(&[("Tus-Resumable", "0.2.2")]), headers(&[("Tus-Resumable", "1.0.0, 2")])] {
            assert_eq!(status(version(&bad)), 412);
        }
    }

    #[test]
    fn creations() {
        let (a, b) = ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "01BX5ZZKBKACTAV9WEVGEMMVRZ");
        let ids = vec![a.parse().expect("an id"), b.parse().expect("an id")];
        let list = format!("final;/uploads/{a} https://example.org/base/uploads/{b}");
        for (given, wanted) in [
            (&[("Upload-Length", "0")][..], Creation::Whole(0)),
            (&[("Upload-Length", "9223372036854775807")], Creation::Whole(i64::MAX.unsigned_abs())),
            (&[("Upload-Length", "7"), ("Upload-Concat", "partial")], Creation::Partial(7)),
            (&[("Upload-Concat", &list)], Creation::Final(ids)),
        ] {
            assert_eq!(creation(&headers(given)), Ok(wanted));
        }
    }

    #[test]
    fn bad_creations() {
        let many = format!("final;{}", "/uploads/01ARZ3NDEKTSV4RRFFQ69G5FAV ".repeat(PARTS_MAX + 1));
        let huge = format!("final;{}", "x".repeat(CONCAT_MAX));
        for given in [
            &[][..],
            &[("Upload-Length", "-1")],
            &[("Upload-Length", "+1")],
            &[("Upload-Length", "")],
            &[("Upload-Length", "1e9")],
            &[("Upload-Length", "9223372036854775808")],
            &[("Upload-Length", "5"), ("Upload-Length", "6")],
            &[("Upload-Defer-Length", "1")],
            &[("Upload-Concat", "partial")],
            &[("Upload-Concat", "half"), ("Upload-Length", "5")],
            &[("Upload-Concat", "final;")],
            &[("Upload-Concat", "final;/uploads/../../etc/passwd")],
            &[("Upload-Concat", "final;/elsewhere/01ARZ3NDEKTSV4RRFFQ69G5FAV")],
            &[("Upload-Concat", "final;/uploads/01ARZ3NDEKTSV4RRFFQ69G5FAV"), ("Upload-Length", "5")],
            &[("Upload-Concat", &many)],
            &[("Upload-Concat", &huge)],
        ] {
            assert_eq!(status(creation(&headers(given))), BAD, "{given:?}");
        }
    }

    #[test]
    fn metadata_is_read_with_and_without_padding_and_values() {
        let read = |value| metadata(&headers(&[("Upload-Metadata", value)]));
        let good = read("filename w7xiZXIubXAz,show ZnJpZGF5, empty ,alone,x YQ").expect("it is well formed");
        assert_eq!((good.get("filename"), good.get("show")), (Some("über.mp3"), Some("friday")));
        assert_eq!((good.get("empty"), good.get("alone"), good.get("x")), (None, None, Some("a")));
        assert_eq!(metadata(&headers(&[])), Ok(Metadata::default()));
        let pairs = vec!["k"; PAIRS_MAX + 1].join(",");
        let long = format!("k {}", "A".repeat(METADATA_MAX));
        for bad in ["k *", "k /w==", "k YQ==,k Yg==", "k YQ YQ", &pairs, &long] {
            assert_eq!(status(read(bad)), BAD, "{bad}");
        }
    }

    #[test]
    fn bytes_and_their_place() {
        let stream = ("Content-Type", OFFSET_STREAM);
        assert_eq!(offset(&headers(&[stream, ("Upload-Offset", "12")])), Ok(12));
        assert_eq!(status(offset(&headers(&[("Upload-Offset", "12")]))), 415);
        assert_eq!(status(offset(&headers(&[("Content-Type", "audio/mpeg"), ("Upload-Offset", "12")]))), 415);
        assert_eq!(status(offset(&headers(&[stream]))), BAD);
        assert_eq!(status(offset(&headers(&[stream, ("Upload-Offset", "0x1")]))), BAD);
        assert_eq!(body_length(&headers(&[("Content-Length", "9")])), Some(9));
    }

    #[test]
    fn checksums() {
        let read = |value| checksum(&headers(&[("Upload-Checksum", value)]));
        // The protocol's own example.
        let good = read("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").expect("it is well formed").expect("it is there");
        assert_eq!((good.algorithm, good.digest.len()), (Algorithm::Sha1, 20));
        assert_eq!(checksum(&headers(&[])), Ok(None));
        for bad in
            ["", "sha1", "sha1 ", "md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "sha1 ?"]
        {
            assert_eq!(status(read(bad)), BAD, "{bad}");
        }
        assert_eq!(algorithms(), "sha1,sha256,sha512");
    }

    proptest! {
        #[test]
        fn metadata_round_trips(pairs in prop::collection::btree_map("[a-zA-Z_]{1,12}", "\\PC{0,40}", 0..8)) {
            let raw: Vec<_> = pairs.iter().map(|(key, value)| format!("{key} {}", BASE64.encode(value))).collect();
            let read = metadata(&headers(&[("Upload-Metadata", &raw.join(","))])).expect("it is well formed");
            for (key, value) in &pairs {
                prop_assert_eq!(read.get(key).unwrap_or_default(), value);
            }
        }

        #[test]
        fn concatenations_round_trip(bits in prop::collection::vec(any::<u128>(), 1..PARTS_MAX)) {
            let ids: Vec<Id<Upload>> = bits.into_iter().map(Id::from_bits).collect();
            let list: Vec<_> = ids.iter().map(|id| format!("/uploads/{id}")).collect();
            let read = creation(&headers(&[("Upload-Concat", &format!("final;{}", list.join(" ")))]));
            prop_assert_eq!(read, Ok(Creation::Final(ids)));
        }

        #[test]
        fn anything_is_answered(name in "upload-(length|offset|metadata|checksum|concat)", value in "[ -~]{0,200}") {
            let given = headers(&[(&name, value.trim()), ("content-type", OFFSET_STREAM)]);
            let _ = (creation(&given), metadata(&given), offset(&given), checksum(&given));
        }
    }
}

//! Bodies as the API takes them: JSON with the place of a mistake named, merge patches (RFC 7396), plain bytes.
//! What is no JSON is 400, of another type 415, too large 413; JSON of the wrong shape is 422.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body_util::LengthLimitError;
use rostrum_domain::Problems;
use serde::de::DeserializeOwned;
use serde::{Deserializer, Serialize};
use serde_json::Value;

use crate::Error;

/// Largest JSON body, in bytes.
const JSON_MAX: usize = 1 << 20;
/// What a merge patch may call itself.
const PATCH_TYPES: [&str; 2] = ["application/merge-patch+json", "application/json"];

/// A JSON body read into a `T`.
pub struct Body<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self, Error> {
        expect_type(request.headers(), &["application/json"])?;
        parse(&whole(request, JSON_MAX).await?).map(Self)
    }
}

/// A change to a resource: what it names is replaced, `null` removes, what it leaves out stays (RFC 7396).
pub struct Patch(Value);

impl<S: Sync> FromRequest<S> for Patch {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self, Error> {
        expect_type(request.headers(), &PATCH_TYPES)?;
        parse(&whole(request, JSON_MAX).await?).map(Self)
    }
}

impl Patch {
    /// What `target` becomes under the patch.
    pub fn apply<T: DeserializeOwned>(self, target: &impl Serialize) -> Result<T, Error> {
        let mut target = serde_json::to_value(target).map_err(|error| Error::internal(&error))?;
        merge(&mut target, self.0);
        shape(target)
    }
}

/// A body of at most `MAX` bytes as it came, and the type its sender gave it.
pub struct Raw<const MAX: usize> {
    /// The body.
    pub bytes: Bytes,
    is_json: bool,
}

impl<S: Sync, const MAX: usize> FromRequest<S> for Raw<MAX> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self, Error> {
        let is_json = expect_type(request.headers(), &["application/json"]).is_ok();
        Ok(Self { bytes: whole(request, MAX).await?, is_json })
    }
}

impl<const MAX: usize> Raw<MAX> {
    /// The body as a `T`, if its sender says that it is JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Option<Result<T, Error>> {
        self.is_json.then(|| parse(&self.bytes))
    }
}

fn expect_type(headers: &HeaderMap, types: &[&str]) -> Result<(), Error> {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    if types.iter().any(|known| known.eq_ignore_ascii_case(essence)) {
        return Ok(());
    }
    let text = format!("Send the body as {} and say so in Content-Type.", types.join(" or "));
    Err(Error::limit(StatusCode::UNSUPPORTED_MEDIA_TYPE, text))
}

/// The whole body, refused as soon as it has more than `max` bytes.
pub(crate) async fn whole(request: Request, max: usize) -> Result<Bytes, Error> {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > max) {
        return Err(too_large(max));
    }
    to_bytes(request.into_body(), max).await.map_err(|error| {
        let limit = std::error::Error::source(&error).and_then(|cause| cause.downcast_ref::<LengthLimitError>());
        match limit {
            Some(_) => too_large(max),
            None => Error::limit(StatusCode::BAD_REQUEST, "The body broke off before its end. Please send it again."),
        }
    })
}

fn too_large(max: usize) -> Error {
    Error::limit(StatusCode::PAYLOAD_TOO_LARGE, format!("The body may have at most {} MB.", max >> 20))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|error| Error::limit(StatusCode::BAD_REQUEST, format!("The body is not JSON: {error}.")))?;
    shape(value)
}

fn shape<'de, T: DeserializeOwned>(value: impl Deserializer<'de, Error = serde_json::Error>) -> Result<T, Error> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        Error::Invalid(Problems::one(
            field(&error.path().to_string()),
            format!("This does not fit: {}.", error.inner()),
        ))
    })
}

/// The facts' names are those of the use-cases' problems, so what lies round them is left out.
fn field(path: &str) -> String {
    let path = path.strip_prefix("facts.").unwrap_or(path);
    if path == "." { "body".to_owned() } else { path.to_owned() }
}

/// *MergePatch* of RFC 7396, section 2.
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, value) in patch {
        match value {
            Value::Null => drop(members.remove(&name)),
            value => merge(members.entry(name).or_insert(Value::Null), value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rostrum_domain::show::ShowFacts;
    use serde_json::json;

    #[test]
    fn patches_merge_as_the_rfc_shows() {
        // The examples of RFC 7396, appendix A.
        for (target, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a": "foo"}), json!("bar"), json!("bar")),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            let mut merged = target.clone();
            merge(&mut merged, patch.clone());
            assert_eq!(merged, result, "{target} with {patch}");
        }
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Wrapped {
        facts: ShowFacts,
    }

    #[test]
    fn mistakes_are_named_by_place() {
        for (body, field) in [
            (r#"{"facts": {"title": 7}}"#, "title"),
            (r#"{"facts": {"titel": "x"}}"#, "titel"),
            (r#"{"facts": {"persons": [{"name": "Ada"}, {"name": null}]}}"#, "persons[1].name"),
            (r#"{"facts": {}, "id": "x"}"#, "id"),
            (r#"{}"#, "body"),
            (r#"[]"#, "body"),
        ] {
            let error = parse::<Wrapped>(body.as_bytes()).expect_err("it has the wrong shape");
            assert_eq!(error.problems().first().map(|p| p.field.as_ref()), Some(field), "{body}: {}", error.text());
        }
        let error = parse::<Wrapped>(b"{\"facts\": {").expect_err("it is no JSON");
        assert_eq!(error.status(), StatusCode::BAD_REQUEST);
    }
}

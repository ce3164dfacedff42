//! `/api/openapi.json`: the API described by itself, OpenAPI 3.1, from the same list as its routes.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use http::header;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Content, ObjectBuilder, OpenApi, Ref, RefOr, Required, Response as Described, ResponseBuilder, Schema, Type,
};
use utoipa::{Modify, OpenApi as _};

use super::Api;

/// The name of the way to sign in.
const BEARER: &str = "bearer";
/// The name of the answer that every operation may give instead of its own.
const REFUSED: &str = "Refused";
/// Facts without which nothing can be made; all others have a value of their own.
const NEEDED: [(&str, &str); 2] = [("ShowFacts", "title"), ("EpisodeFacts", "title")];

static DOCUMENT: LazyLock<String> = LazyLock::new(|| Api::openapi().to_json().expect("the document is plain data"));

/// Answers with the document.
pub async fn show() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}

/// Says of every operation what holds for all of them.
pub(super) struct Rest;

impl Modify for Rest {
    fn modify(&self, api: &mut OpenApi) {
        for item in api.paths.paths.values_mut() {
            complete(item);
        }
        api.security = Some(vec![SecurityRequirement::new(BEARER, Vec::<String>::new())]);
        let components = api.components.get_or_insert_default();
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("an API token"));
        components.security_schemes.insert(BEARER.into(), RefOr::T(SecurityScheme::Http(scheme.build())));
        components.responses.insert(REFUSED.into(), RefOr::T(refused()));
        for (name, needed) in NEEDED {
            if let Some(RefOr::T(Schema::Object(facts))) = components.schemas.get_mut(name) {
                facts.required = vec![needed.to_owned()];
            }
        }
    }
}

fn complete(item: &mut PathItem) {
    if let Some(post) = &mut item.post {
        let key = ParameterBuilder::new()
            .name("idempotency-key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("the same request with the same key is carried out once; remembered for a day"))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[!-~]{1,200}$"))));
        post.parameters.get_or_insert_default().push(RefOr::T(key.build()));
        let seen = ResponseBuilder::new().description("An earlier request with this key did it; see there.");
        post.responses.responses.insert("303".into(), RefOr::T(seen.build()));
    }
    for operation in operations(item) {
        let group = operation.tags.iter().flatten().next().cloned().unwrap_or_default();
        let name = operation.operation_id.take().unwrap_or_default();
        operation.operation_id = Some(format!("{group}.{name}"));
        for status in ["4XX", "5XX"] {
            let refused = Ref::from_response_name(REFUSED);
            operation.responses.responses.insert(status.into(), RefOr::Ref(refused));
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}

fn refused() -> Described {
    ResponseBuilder::new()
        .description("It was not done; the status says what kind of problem there is.")
        .content("application/problem+json", Content::new(Some(Ref::from_schema_name("Problem"))))
        .build()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rostrum_domain::chapter::{Chapter, Soundbite};
    use rostrum_domain::credit::{Credit, Funding, License, Location, Txt};
    use rostrum_domain::episode::EpisodeFacts;
    use rostrum_domain::show::{MEDIUMS, Recommendation, ShowFacts};
    use serde_json::{Value, json};

    use super::*;
    use crate::api::ENDPOINTS;
    use crate::testing::Site;

    fn document() -> Value {
        serde_json::from_str(&DOCUMENT).expect("it is JSON")
    }

    fn described(document: &Value) -> Vec<(String, String, &Value)> {
        let paths = document["paths"].as_object().expect("there are paths");
        let mut found = Vec::new();
        for (path, item) in paths {
            for (method, operation) in item.as_object().expect("a path has methods") {
                found.push((method.clone(), path.clone(), operation));
            }
        }
        found
    }

    #[tokio::test]
    async fn anybody_may_read_it() {
        let site = Site::new().await;
        let answer = site.visitor().get("/api/openapi.json").await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
        assert_eq!(answer.json()["openapi"], "3.1.0");
    }

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let document = document();
        let described: BTreeSet<_> = described(&document).into_iter().map(|(method, path, _)| (method, path)).collect();
        let routed: BTreeSet<_> =
            ENDPOINTS.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned())).collect();
        assert_eq!(described, routed);
    }

    #[test]
    fn every_operation_says_what_it_does_and_how_it_fails() {
        let document = document();
        let mut names = BTreeSet::new();
        for (method, path, operation) in described(&document) {
            let at = format!("{method} {path}");
            assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{at}");
            let name = operation["operationId"].as_str().expect("it has a name");
            assert!(names.insert(name.to_owned()), "{name} twice");
            let responses = operation["responses"].as_object().expect("it has answers");
            let mut good = responses.iter().filter(|(status, _)| status.starts_with('2'));
            assert!(good.next().is_some_and(|(_, answer)| answer["description"].is_string()), "{at}");
            for status in ["4XX", "5XX"] {
                assert_eq!(responses[status]["$ref"], "#/components/responses/Refused", "{at}");
            }
            let named = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
            for name in named {
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let mut found = parameters.filter(|parameter| parameter["name"] == name && parameter["in"] == "path");
                assert!(found.next().is_some_and(|parameter| parameter["required"] == true), "{at}: {name}");
            }
        }
        let problem = &document["components"]["responses"]["Refused"]["content"]["application/problem+json"];
        assert_eq!(problem["schema"]["$ref"], "#/components/schemas/Problem");
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn follow(document: &Value, value: &Value) {
            match value {
                Value::Object(members) => {
                    if let Some(Value::String(to)) = members.get("$ref") {
                        let found = document.pointer(to.trim_start_matches('#'));
                        assert!(found.is_some(), "{to}");
                    }
                    members.values().for_each(|inner| follow(document, inner));
                }
                Value::Array(items) => items.iter().for_each(|inner| follow(document, inner)),
                _ => {}
            }
        }
        let document = document();
        follow(&document, &document);
    }

    /// Asserts that `schema` names exactly the members of `value`, all the way down.
    fn fits(document: &Value, schema: &Value, value: &Value) {
        if let Some(Value::String(to)) = schema.get("$ref") {
            return fits(document, document.pointer(to.trim_start_matches('#')).expect("it leads somewhere"), value);
        }
        if let Some(Value::Array(choices)) = schema.get("oneOf") {
            let choice = choices.iter().find(|choice| choice["type"] != "null").expect("one is not null");
            return fits(document, choice, value);
        }
        match value {
            Value::Object(members) => {
                let described = schema["properties"].as_object().unwrap_or_else(|| panic!("{schema} for {value}"));
                let names = |map: &serde_json::Map<String, Value>| map.keys().cloned().collect::<BTreeSet<_>>();
                assert_eq!(names(described), names(members));
                members.iter().for_each(|(name, inner)| fits(document, &described[name], inner));
            }
            Value::Array(items) => items.iter().for_each(|inner| fits(document, &schema["items"], inner)),
            Value::Null => assert!(schema["type"].as_array().is_some_and(|types| types.contains(&json!("null")))),
            _ => {}
        }
    }

    fn credit() -> Credit {
        let text = || Some(String::from("https://example.org/"));
        Credit { name: "Ada".into(), role: "host".into(), group: "cast".into(), href: text(), image: text() }
    }

    fn place() -> Option<Location> {
        Some(Location { name: "Graz".into(), geo: Some("geo:47,15".into()), osm: Some("R1".into()) })
    }

    #[test]
    fn facts_are_described_as_the_domain_writes_them() {
        let license = Some(License { name: "cc0-1.0".into(), url: Some("https://example.org/".into()) });
        let txt = vec![Txt { purpose: Some("verify".into()), value: "x".into() }];
        let show = ShowFacts {
            funding: vec![Funding { url: "https://example.org/".into(), text: "Give".into() }],
            persons: vec![credit()],
            location: place(),
            license: license.clone(),
            txt: txt.clone(),
            podroll: vec![Recommendation { feed_guid: "g".into(), feed_url: None, title: None }],
            ..ShowFacts::default()
        };
        let episode = EpisodeFacts {
            persons: vec![credit()],
            chapters: vec![Chapter { start_ms: 0, title: "A".into(), url: None, image: None, hidden: false }],
            soundbites: vec![Soundbite { start_ms: 0, duration_ms: 15_000, title: None }],
            location: place(),
            license,
            txt,
            ..EpisodeFacts::default()
        };
        let document = document();
        let schemas = &document["components"]["schemas"];
        fits(&document, &schemas["ShowFacts"], &json!(show));
        fits(&document, &schemas["EpisodeFacts"], &json!(episode));
        fits(&document, &schemas["RoomFacts"], &json!(rostrum_domain::room::RoomFacts::default()));
        fits(&document, &schemas["ShowPatch"]["properties"]["facts"], &json!(show));
        assert_eq!(schemas["Medium"]["enum"], json!(MEDIUMS));
    }

    #[test]
    fn words_are_described_as_the_domain_writes_them() {
        use rostrum_domain::{episode, job, user};
        let document = document();
        let words = |name: &str| document["components"]["schemas"][name]["enum"].clone();
        assert_eq!(
            words("State"),
            json!([
                episode::State::Draft,
                episode::State::Scheduled,
                episode::State::Published,
                episode::State::Unpublished
            ])
        );
        use job::JobState::{Cancelled, Done, Failed, Ready, Running};
        assert_eq!(words("JobState"), json!([Ready, Running, Done, Failed, Cancelled]));
        use user::Membership::{Editor, Manager, Viewer};
        assert_eq!(words("Membership"), json!([Viewer, Editor, Manager]));
    }
}

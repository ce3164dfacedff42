//! `/oembed?url=`: how other sites embed an episode (oEmbed 1.0, JSON).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use rostrum_app::listing::{self, Entry};
use rostrum_app::{artwork, moved};
use serde_json::{Value, json};

use crate::Error;
use crate::api::at;
use crate::state::Web;

/// Size of the embedded player where no smaller one is asked for, in CSS pixels.
const SIZE: (u32, u32) = (700, 220);
/// Widest player there is, in CSS pixels.
const WIDTH_MAX: u32 = 1200;

/// The address of an episode's page and the form of the answer.
#[derive(serde::Deserialize)]
pub struct Asked {
    url: String,
    format: Option<String>,
    maxwidth: Option<u32>,
    maxheight: Option<u32>,
}

impl Asked {
    /// Width and height, neither above what the other site has room for.
    fn size(&self) -> (u32, u32) {
        let width = self.maxwidth.map_or(SIZE.0, |most| most.clamp(1, WIDTH_MAX));
        (width, self.maxheight.map_or(SIZE.1, |most| most.clamp(1, SIZE.1)))
    }
}

/// The document, readable from any site.
pub async fn show(State(web): State<Web>, at::Asked(asked): at::Asked<Asked>) -> Result<Response, Error> {
    if asked.format.as_deref().is_some_and(|format| format != "json") {
        return Err(Error::limit(StatusCode::NOT_IMPLEMENTED, "Only format=json is offered."));
    }
    let path = asked.url.strip_prefix(web.app.address("/shows/").as_str()).unwrap_or_default();
    let names = path.split(['?', '#']).next().unwrap_or_default().split_once('/');
    let (show, episode) = names.ok_or_else(|| Error::Missing("This is not the address of an episode here.".into()))?;
    let entry = entry(&web, show, episode).await?;
    let mut document = document(&web, &entry, asked.size());
    add_thumbnail(&web, &entry, &mut document).await?;
    Ok(([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], Json(document)).into_response())
}

/// An episode by the slugs of an address, former ones included.
async fn entry(web: &Web, show: &str, episode: &str) -> Result<Entry, Error> {
    let moved = moved::names(&web.app, show, Some(episode)).await?;
    let (show, episode) = match &moved {
        Some((show, Some(episode))) => (show.as_str(), episode.as_str()),
        _ => (show, episode),
    };
    Ok(listing::episode(&web.app, show, episode).await?.0)
}

/// A picture goes with its size or not at all.
async fn add_thumbnail(web: &Web, entry: &Entry, document: &mut Value) -> Result<(), Error> {
    let Some((picture, side_px)) = artwork::sized(&web.app, entry).await? else { return Ok(()) };
    document["thumbnail_url"] = json!(web.app.address(&picture.path()));
    document["thumbnail_width"] = json!(side_px);
    document["thumbnail_height"] = json!(side_px);
    Ok(())
}

fn document(web: &Web, entry: &Entry, (width, height): (u32, u32)) -> Value {
    let player = web.app.address(&format!("/embed/{}", entry.episode.id));
    let title = rostrum_feed::notes::escape(&entry.episode.facts.title);
    let frame = format!(
        "<iframe src=\"{player}\" title=\"{title}\" width=\"{width}\" height=\"{height}\" \
         loading=\"lazy\" allow=\"autoplay\"></iframe>"
    );
    json!({
        "version": "1.0",
        "type": "rich",
        "title": entry.episode.facts.title,
        "author_name": entry.show.facts.title,
        "author_url": web.app.address(&rostrum_app::shows::path(&entry.show)),
        "provider_name": web.site_name,
        "provider_url": web.app.address("/"),
        "html": frame,
        "width": width,
        "height": height,
    })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Request;
    use rostrum_domain::asset::AssetKind;

    use super::*;
    use crate::api::testing::Desk;
    use crate::pages::listen::tests::published;
    use crate::testing::Answer;

    /// A desk whose episode is out, and the path of its picture, of which the head is all that anybody reads here.
    async fn pictured() -> (Desk, String) {
        let desk = published().await;
        let head = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, 0xc0, 0, 11, 8, 5, 120, 5, 120, 3];
        let path = desk.publish_file(AssetKind::Artwork, head.to_vec()).await;
        (desk, path)
    }

    /// What a site that shows cards of others gets.
    async fn get(desk: &Desk, path: &str) -> Answer {
        let request = Request::get(path).header("host", "127.0.0.1:8080").header("accept", "application/json");
        desk.site.visitor().send(request.body(Body::empty())).await
    }

    /// The address of the card that an episode's page names.
    async fn discovered(desk: &Desk) -> String {
        let page = desk.site.visitor().get("/shows/talk/one").await.body;
        let link = page.split("type=\"application/json+oembed\"").nth(1).expect("the page leads to a card");
        let address = link.split("href=\"http://127.0.0.1:8080").nth(1).expect("which has an address");
        address.split('"').next().expect("that ends").to_owned()
    }

    #[tokio::test]
    async fn a_page_leads_to_a_card_whose_player_can_be_framed() {
        let (desk, picture) = pictured().await;
        let answer = get(&desk, &discovered(&desk).await).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (StatusCode::OK, "*"));
        assert_eq!(answer.header("content-type"), "application/json");
        let (card, site) = (answer.json(), "http://127.0.0.1:8080");
        for (field, value) in [
            ("version", json!("1.0")),
            ("type", json!("rich")),
            ("title", json!("One")),
            ("author_name", json!("Talk")),
            ("author_url", json!(format!("{site}/shows/talk"))),
            ("provider_name", json!("Test")),
            ("provider_url", json!(format!("{site}/"))),
            ("width", json!(700)),
            ("height", json!(220)),
            ("thumbnail_url", json!(format!("{site}{picture}"))),
            ("thumbnail_width", json!(1400)),
            ("thumbnail_height", json!(1400)),
        ] {
            assert_eq!(card[field], value, "{field} in {card}");
        }
        let html = card["html"].as_str().expect("a rich card has a frame");
        let player = html.split("src=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("of something");
        assert!(html.contains(" title=\"One\" width=\"700\" height=\"220\""), "{html}");
        let framed = desk.site.visitor().get(player.strip_prefix(site).expect("here")).await;
        assert_eq!(framed.status, StatusCode::OK);
        assert!(framed.header("content-security-policy").contains("frame-ancestors *;"), "it may be framed");
        assert!(framed.header("x-frame-options").is_empty() && framed.body.contains("<audio"), "{}", framed.body);
        for path in ["/", "/shows/talk", "/shows/talk/one", "/search", "/sign-in"] {
            let policy = desk.site.visitor().get(path).await.header("content-security-policy").to_owned();
            assert!(policy.contains("frame-ancestors 'none';"), "{path} may not: {policy}");
        }
    }

    #[tokio::test]
    async fn an_old_address_has_the_card_of_the_new_one() {
        let (desk, _) = pictured().await;
        let card = discovered(&desk).await;
        let before = get(&desk, &card).await.json();
        for (path, slug) in [("/api/v1/shows/talk", "chat"), (desk.episode_path().as_str(), "uno")] {
            let moved = desk.program().call(http::Method::PATCH, path, json!({"slug": slug})).await;
            assert_eq!(moved.status, StatusCode::OK, "{}", moved.body);
        }
        let after = get(&desk, &card).await.json();
        assert_eq!((&after["html"], &after["title"]), (&before["html"], &before["title"]), "the player stays");
        assert_eq!(after["author_url"], "http://127.0.0.1:8080/shows/chat");
    }

    #[tokio::test]
    async fn a_card_is_no_larger_than_its_place() {
        let (desk, _) = pictured().await;
        let card = discovered(&desk).await;
        for (room, width, height) in [
            ("&maxwidth=320&maxheight=120", 320, 120),
            ("&maxwidth=100", 100, 220),
            ("&maxwidth=9000&maxheight=9000", 1200, 220),
            ("&maxwidth=0&maxheight=0", 1, 1),
        ] {
            let card = get(&desk, &format!("{card}{room}")).await.json();
            assert_eq!((&card["width"], &card["height"]), (&json!(width), &json!(height)), "{room}");
            let size = format!("width=\"{width}\" height=\"{height}\"");
            assert!(card["html"].as_str().is_some_and(|html| html.contains(&size)), "{card}");
        }
    }

    #[tokio::test]
    async fn what_has_no_card_says_so_to_programs() {
        let desk = published().await;
        for (query, status) in [
            ("?url=http://127.0.0.1:8080/shows/talk/none", StatusCode::NOT_FOUND),
            ("?url=http://127.0.0.1:8080/shows/none/one", StatusCode::NOT_FOUND),
            ("?url=http://127.0.0.1:8080/shows/talk", StatusCode::NOT_FOUND),
            ("?url=http://127.0.0.1:8080/", StatusCode::NOT_FOUND),
            ("?url=https://elsewhere.example/shows/talk/one", StatusCode::NOT_FOUND),
            ("?url=", StatusCode::NOT_FOUND),
            ("", StatusCode::UNPROCESSABLE_ENTITY),
            ("?url=http://127.0.0.1:8080/shows/talk/one&maxwidth=wide", StatusCode::UNPROCESSABLE_ENTITY),
            ("?url=http://127.0.0.1:8080/shows/talk/one&format=xml", StatusCode::NOT_IMPLEMENTED),
        ] {
            let answer = get(&desk, &format!("/oembed{query}")).await;
            assert_eq!(answer.status, status, "{query}: {}", answer.body);
            assert_eq!(answer.header("content-type"), "application/problem+json", "{query}");
            assert_eq!(answer.json()["status"], status.as_u16(), "{query}");
        }
        let path = format!("{}/unpublish", desk.episode_path());
        let hidden = desk.program().call(http::Method::POST, &path, json!(null)).await;
        assert_eq!(hidden.status, StatusCode::OK, "{}", hidden.body);
        let gone = get(&desk, "/oembed?url=http://127.0.0.1:8080/shows/talk/one").await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND, "what is not out has no card");
    }
}

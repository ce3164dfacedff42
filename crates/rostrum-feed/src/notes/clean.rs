//! The sanitiser: an allow-list of tags and attributes over ammonia, one for pages and one for feeds.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

/// What every directory shows (PSP-1).
const FEED_TAGS: [&str; 10] = ["p", "ol", "ul", "li", "a", "b", "i", "strong", "em", "br"];
/// What our pages show besides.
const PAGE_TAGS: [&str; 11] = ["h3", "h4", "h5", "h6", "blockquote", "pre", "code", "hr", "del", "sub", "sup"];
/// Elements whose content goes with them.
const DROPPED: [&str; 16] = [
    "script", "style", "title", "iframe", "textarea", "noscript", "noembed", "noframes", "xmp", "svg", "math",
    "template", "select", "object", "audio", "video",
];
/// What the links of pages say of themselves.
pub(super) const REL: &str = "nofollow ugc noopener";

static PAGE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = builder(FEED_TAGS.into_iter().chain(PAGE_TAGS).collect());
    builder.link_rel(Some(REL)).url_relative(UrlRelative::Custom(Box::new(only_places)));
    builder
});

static FEED: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = builder(HashSet::from(FEED_TAGS));
    builder.link_rel(None).url_relative(UrlRelative::Deny);
    builder
});

/// HTML that is safe on our pages.
pub(super) fn page(html: &str) -> String {
    stable(&PAGE, html)
}

/// HTML that is safe in feeds.
pub(super) fn feed(html: &str) -> String {
    stable(&FEED, html)
}

/// Parsers mend broken nesting step by step; what is safe must also read the same for the next parser.
fn stable(builder: &Builder<'static>, html: &str) -> String {
    let mut html = builder.clean(html).to_string();
    for _ in 0..4 {
        let again = builder.clean(&html).to_string();
        if again == html {
            break;
        }
        html = again;
    }
    html
}

fn builder(tags: HashSet<&'static str>) -> Builder<'static> {
    let mut builder = Builder::empty();
    builder
        .tags(tags)
        .clean_content_tags(HashSet::from(DROPPED))
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .attribute_filter(|_, name, value| (name != "href" || names_a_host(value)).then_some(Cow::Borrowed(value)))
        .strip_comments(true);
    builder
}

/// Whether a web address says its host: `https:/path` and `https:path` lead into the site they stand on (WHATWG URL,
/// "special relative or authority state"). Other links are none of these.
fn names_a_host(url: &str) -> bool {
    let url: String = url.chars().filter(|c| !c.is_ascii_control()).collect();
    let url = url.trim().to_ascii_lowercase();
    let web = url.strip_prefix("https:").or_else(|| url.strip_prefix("http:"));
    web.is_none_or(|rest| rest.starts_with("//"))
}

/// Of relative links only those to a place in the recording stay.
fn only_places(url: &str) -> Option<Cow<'_, str>> {
    let seconds = url.strip_prefix("#t=")?;
    let good = (1..=6).contains(&seconds.len()) && seconds.bytes().all(|byte| byte.is_ascii_digit());
    good.then_some(Cow::Borrowed(url))
}

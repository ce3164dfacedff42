//! What show notes must come to: shape, links, cuts, and that nothing hostile survives.

use proptest::prelude::*;

use super::*;

#[test]
fn pages_show_what_was_meant() {
    let html =
        page_html("# Hello\n\nFirst line\nsecond at 12:34.\n\n- *one* https://a.example/b.\n\n> `5:00` is code\n");
    assert_eq!(
        html,
        "<h3>Hello</h3>\n<p>First line<br>\nsecond at <a href=\"#t=754\">12:34</a>.</p>\n<ul>\n<li><em>one</em> \
         <a href=\"https://a.example/b\" rel=\"nofollow ugc noopener\">https://a.example/b</a>.</li>\n</ul>\n\
         <blockquote>\n<p><code>5:00</code> is code</p>\n</blockquote>\n"
    );
    assert_eq!(
        page_html("[at 1:00](https://a.example) and [1:02:03](#t=3723) ![Ada](https://a.example/a.png)"),
        "<p><a href=\"https://a.example\" rel=\"nofollow ugc noopener\">at 1:00</a> and \
         <a href=\"#t=3723\" rel=\"nofollow ugc noopener\">1:02:03</a> \
         <a href=\"https://a.example/a.png\" rel=\"nofollow ugc noopener\">Ada</a></p>\n"
    );
}

#[test]
fn feeds_hold_only_what_directories_take() {
    let html =
        feed_html("## Head\n\n> quote `code` 1:00\n\n```\nx < y\n```\n\n[rel](/x) <u>big</u>\n\n3. a\n4. b\n\n---\n");
    assert_eq!(
        html,
        "<p><strong>Head</strong></p>\n<p>quote code 1:00</p>\n<p>x &lt; y\n</p>\n<p><a>rel</a> big</p>\n\
         <ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n"
    );
}

#[test]
fn long_notes_keep_whole_paragraphs() {
    let notes = "First & foremost.\n\nSecond paragraph that is longer.\n\nThird.";
    assert_eq!(feed_html_within(notes, 1000), feed_html(notes));
    assert_eq!(feed_html_within(notes, 40), "<p>First &amp; foremost.</p>\n");
    assert_eq!(feed_html_within(notes, 30), "<p>First &amp; foremost.</p>\n");
    assert_eq!(feed_html_within(notes, 25), "<p>First &amp;…</p>");
    assert_eq!(feed_html_within(notes, 5), "");
}

#[test]
fn plain_text_is_cut_at_words() {
    let notes = "**Bold** and [link](https://a.example)\nnext &lt;line&gt;\n\n- one\n- two <script>x</script>";
    assert_eq!(plain(notes, 200), "Bold and link next <line> one two");
    assert_eq!(plain(notes, 14), "Bold and link…");
    assert_eq!(plain(notes, 12), "Bold and…");
    assert_eq!(plain("Donaudampfschiff", 6), "Donau…");
    assert_eq!(plain("", 6), "");
}

/// Ways into a page that were tried on others; none may leave more than words.
const VECTORS: &[&str] = &[
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src=`x`onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe src=\"javascript:alert(1)\"></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<object data=\"javascript:alert(1)\"></object>",
    "<embed src=\"javascript:alert(1)\">",
    "<body onload=alert(1)>",
    "<base href=\"https://evil.example/\">",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<p style=\"background:url(javascript:alert(1))\">x</p>",
    "<div onmouseover=alert(1)>x</div>",
    "<p onclick=alert(1) id=x class=y>x</p>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\"JaVaScRiPt:alert(1)\">x</a>",
    "<a href=\"java\tscript:alert(1)\">x</a>",
    "<a href=\"java&#10;script:alert(1)\">x</a>",
    "<a href=\"&#1;javascript:alert(1)\">x</a>",
    "<a href=\"&#x6A;avascript&colon;alert(1)\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<a href=\"vbscript:msgbox(1)\">x</a>",
    "<a href=\"//evil.example\">x</a>",
    "<a href=\"/admin/delete\">x</a>",
    "<a href='https://a.example' target=_blank onfocus=alert(1) autofocus>x</a>",
    "[x](javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x]( java\nscript:alert(1))",
    "![x](javascript:alert(1))",
    "![\" onerror=\"alert(1)](https://a.example/\"onerror=\"alert(1))",
    "[x](https://a.example \"t\\\" onclick=alert(1)\")",
    "<javascript:alert(1)>",
    "[a]: javascript:alert(1)\n\n[a]",
    "`<script>alert(1)</script>`",
    "```\"><script>alert(1)</script>\nx\n```",
    "<!-- --><script>alert(1)</script><!-- -->",
    "<!--<img src=\"--><img src=x onerror=alert(1)//\">",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "]]><script>alert(1)</script>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<textarea></textarea><img src=x onerror=alert(1)></textarea>",
    "<title></title><img src=x onerror=alert(1)>",
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">",
    "<template><script>alert(1)</script></template>",
    "<select><style></select><img src=x onerror=alert(1)></style>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<input onfocus=alert(1) autofocus><button formaction=javascript:alert(1)>x",
    "<marquee onstart=alert(1)>x</marquee>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<a href=https://a.example/\"onmouseover=alert(1)//>x</a>",
    "https://a.example/\"onmouseover=\"alert(1)",
    "https://a.example/<script>alert(1)</script>",
    "https://a.example/&quot;onmouseover=&quot;alert(1)",
    "\u{0}<script>alert(1)</script>",
    "<\u{0}script>alert(1)</script>",
    "\u{feff}<script\u{c}>alert(1)</script>",
    "12:34<img src=x onerror=alert(1)>12:34",
    "<a href=\"#t=1&quot;onclick=alert(1)\">x</a>",
];

/// Reads the tags of what we wrote with no more than string cutting, and refuses all but the known shapes.
fn refuse_unsafe(html: &str, tags: &[&str]) -> Result<(), String> {
    for piece in html.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').ok_or_else(|| format!("open tag in {html}"))?;
        if text.contains('>') {
            return Err(format!("a stray bracket in {html}"));
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if !tags.contains(&name.trim_start_matches('/')) {
            return Err(format!("the tag {tag} in {html}"));
        }
        let attributes =
            attributes.replace(" rel=\"nofollow ugc noopener\"", "").replace("rel=\"nofollow ugc noopener\"", "");
        let value = attributes.strip_prefix("href=\"").or(attributes.strip_prefix("start=\""));
        let value = value.and_then(|rest| rest.strip_suffix('"'));
        let good = match value {
            None => attributes.is_empty(),
            Some(value) if name == "ol" => !value.contains('"'),
            Some(value) => {
                let lower = value.to_lowercase();
                let schemes = ["http:", "https:", "mailto:", "#t="];
                name == "a" && !value.contains('"') && schemes.iter().any(|scheme| lower.starts_with(scheme))
            }
        };
        if !good {
            return Err(format!("the attributes {tag} in {html}"));
        }
    }
    Ok(())
}

const PAGE: &[&str] = &[
    "p",
    "ol",
    "ul",
    "li",
    "a",
    "b",
    "i",
    "strong",
    "em",
    "br",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "code",
    "hr",
    "del",
    "sub",
    "sup",
];

fn refuse_any(notes: &str) -> Result<(), String> {
    refuse_unsafe(&page_html(notes), PAGE)?;
    refuse_unsafe(&feed_html(notes), &PAGE[..10])?;
    refuse_unsafe(&feed_html_within(notes, 40), &PAGE[..10])
}

#[test]
fn nothing_hostile_survives() {
    assert!(VECTORS.len() >= 40);
    for vector in VECTORS {
        for notes in [(*vector).to_owned(), format!("a **{vector}** b"), format!("- x\n\n  {vector}\n\n> {vector}")] {
            refuse_any(&notes).unwrap_or_else(|what| panic!("{vector}: {what}"));
        }
    }
    let all = VECTORS.join("\n\n");
    refuse_any(&all).unwrap_or_else(|what| panic!("{what}"));
}

#[test]
fn a_link_without_a_host_is_no_link() {
    for url in ["https:/admin", "https:admin", "HTTP:/admin", "https:\\\\a.example"] {
        let html = page_html(&format!("<a href=\"{url}\">x</a>"));
        assert!(!html.contains("href"), "{url}: {html}");
    }
    assert!(page_html("<a href=\"HTTPS://a.example/\">x</a>").contains("href=\"HTTPS://a.example/\""));
}

#[test]
fn the_check_itself_refuses() {
    for html in ["<script>", "<p onclick=x>", "<a href=\"javascript:x\">", "<a href=\"https:\" on=\"x\">", "<p", "<p>>"]
    {
        assert!(refuse_unsafe(html, PAGE).is_err(), "{html}");
    }
}

#[test]
fn deep_nesting_costs_little() {
    let quotes = page_html(&">".repeat(20_000));
    assert!(quotes.matches("<blockquote>").count() <= 16, "{} bytes", quotes.len());
    let html = page_html(&"<ul><li>".repeat(10_000));
    assert!(html.starts_with("&lt;ul&gt;&lt;li&gt;"), "so many tags are shown as text");
    let few = page_html(&"<ul><li>".repeat(100));
    assert!(few.starts_with("<ul><li><ul>"), "{few}");
    for deep in ["- ".repeat(500), "<b>".repeat(3_000), "[".repeat(20_000), "*a **b ".repeat(5_000)] {
        assert_eq!(refuse_any(&deep), Ok(()));
    }
    let brackets = page_html(&format!("{} end", "https://a.example/(".repeat(2_000)));
    let linked = brackets.split("<a href=\"").nth(1).and_then(|rest| rest.split('"').next());
    assert!(linked.is_some_and(|url| url.len() <= 2000), "only the tail is short enough to be an address");
}

const SOUP: &str = "(</?(a|b|i|p|ul|li|ol|pre|code|h3|em|table|td|svg|math|style|select|title|div|form)>|\
    <a href=\"https://a.b\">|[<>\"'&\n *_#>`x-]|\\[|\\]\\(|\\)|https://a.b/|1:00){0,24}";

proptest! {
    #[test]
    fn any_notes_come_out_safe(notes in any::<String>(), soup in SOUP) {
        prop_assert_eq!(refuse_any(&notes), Ok(()));
        prop_assert_eq!(refuse_any(&soup), Ok(()));
    }

    #[test]
    fn the_sanitiser_is_idempotent(soup in SOUP, vector in prop::sample::select(VECTORS)) {
        for html in [soup.as_str(), vector] {
            let page = clean::page(html);
            prop_assert_eq!(clean::page(&page), page.as_str(), "{}", html);
            let feed = clean::feed(html);
            prop_assert_eq!(clean::feed(&feed), feed.as_str(), "{}", html);
        }
    }

    #[test]
    fn cuts_keep_their_size(notes in any::<String>(), max in 1usize..60) {
        prop_assert!(plain(&notes, max).chars().count() <= max);
        prop_assert!(feed_html_within(&notes, max).len() <= max);
        prop_assert!(!plain(&notes, max).contains(['\n', '\t', '\0']));
    }
}

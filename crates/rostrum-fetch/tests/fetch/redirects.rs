//! Redirects: followed by hand, counted, each checked like the first address; credentials stay with their origin.

use rostrum_domain::Secret;
use rostrum_fetch::{Error, Refusal, Request};

use crate::script::{Script, ok, redirect, text};

const FIRST: &str = "1.1.1.1:80";

fn get() -> Request {
    Request::new("http://site.test/")
}

#[tokio::test]
async fn five_are_followed_and_the_last_address_is_told() {
    let mut net = Script::site(redirect("/1"));
    for (from, to) in [("/1", "http://SITE.test/2"), ("/2", "3"), ("/3", "//site.test:80/4"), ("/4", "/5#part")] {
        net = net.page(FIRST, from, redirect(to));
    }
    let net = net.page(FIRST, "/5", ok("here"));
    let response = net.fetcher(|_| ()).get(&get()).await.unwrap();
    assert_eq!((response.head.url.as_str(), &response.bytes[..]), ("http://site.test/5#part", &b"here"[..]));
    let net = net.page(FIRST, "/5", redirect("/6")).page(FIRST, "/6", ok("too far"));
    assert!(matches!(net.fetcher(|_| ()).get(&get()).await, Err(Error::TooManyRedirects)));
}

#[tokio::test]
async fn a_circle_ends() {
    let net = Script::site(redirect("/"));
    assert!(matches!(net.fetcher(|_| ()).get(&get()).await, Err(Error::TooManyRedirects)));
    assert_eq!(net.seen().len(), 6, "the first and five redirects");
}

#[tokio::test]
async fn none_leads_inside() {
    for (location, refusal) in [
        ("http://127.0.0.1/", Refusal::ThisMachine),
        ("//169.254.169.254/latest/", Refusal::LinkLocal),
        ("http://inside.test/", Refusal::PrivateNetwork),
        ("http://mixed.test/", Refusal::PrivateNetwork),
        ("http://ada:pw@site.test/", Refusal::UserInfo),
        ("http://site.test:6379/", Refusal::Port(6379)),
        ("file:///etc/passwd", Refusal::Scheme),
    ] {
        let net = Script::site(redirect(location))
            .name("inside.test", &["10.0.0.1"])
            .name("mixed.test", &["1.1.1.1", "10.0.0.1"])
            .page("127.0.0.1:80", "/", ok("inside"))
            .page("10.0.0.1:80", "/", ok("inside"))
            .page("169.254.169.254:80", "/latest/", ok("inside"));
        match net.fetcher(|_| ()).get(&get()).await {
            Err(Error::RedirectRefused(found)) => assert_eq!(found, refusal, "{location}"),
            other => panic!("{location} gave {other:?}"),
        }
        assert_eq!(net.seen().len(), 1, "{location}");
    }
}

#[tokio::test]
async fn one_without_a_place_is_damaged() {
    let net = Script::site(text("HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n"));
    assert!(matches!(net.fetcher(|_| ()).get(&get()).await, Err(Error::Broken)));
}

#[tokio::test]
async fn credentials_stay_with_their_origin_for_good() {
    let net = Script::site(redirect("/same"))
        .page(FIRST, "/same", redirect("http://other.test/"))
        .name("other.test", &["8.8.8.8"])
        .page("8.8.8.8:80", "/", redirect("http://site.test/back"))
        .page(FIRST, "/back", ok(""));
    let mut request = get();
    request.authorization = Some(Secret::new("Bearer s3cret".to_owned()));
    request.headers = vec![("x-key".parse().unwrap(), "s3cret".parse().unwrap())];
    net.fetcher(|_| ()).get(&request).await.unwrap();
    let shown: Vec<usize> = net.seen().iter().map(|(_, head)| head.matches("s3cret").count()).collect();
    assert_eq!(shown, [2, 2, 0, 0]);
}

#[tokio::test]
async fn a_post_is_not_sent_on() {
    let net = Script::site(redirect("/other")).page(FIRST, "/other", ok(""));
    let result = net.fetcher(|_| ()).post(&get(), "application/json", "{}").await;
    assert!(matches!(result, Err(Error::Status { status: 302, .. })), "{result:?}");
    assert_eq!(net.seen().len(), 1);
}

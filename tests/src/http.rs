//! A plain HTTP client that keeps cookies and follows nothing by itself: a story sees each reply.

use std::collections::BTreeMap;
use std::sync::Mutex;

use reqwest::header::{COOKIE, HeaderMap, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, redirect};
use serde_json::Value;

/// One visitor of one server.
#[derive(Debug)]
pub struct Http {
    client: Client,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// A whole reply.
#[derive(Debug)]
pub struct Reply {
    /// Status code.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Http {
    /// A visitor of `base`, such as `http://127.0.0.1:8080`.
    pub fn new(base: &str) -> Self {
        let client = Client::builder().no_proxy().redirect(redirect::Policy::none()).build();
        Self {
            client: client.expect("no option here can fail"),
            base: base.trim_end_matches('/').to_owned(),
            cookies: Mutex::default(),
        }
    }

    /// A request to build on; `path` may also be an absolute address. Unsafe methods carry the Origin a browser sends.
    pub fn request(&self, method: &Method, path: &str) -> RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        let mut request = self.client.request(method.clone(), url);
        if !method.is_safe() {
            request = request.header(ORIGIN, &self.base);
        }
        let cookies = self.cookies.lock().expect("no holder panics");
        if !cookies.is_empty() {
            let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(COOKIE, pairs.join("; "));
        }
        request
    }

    /// Sends a request and keeps the cookies of its reply.
    pub async fn send(&self, request: RequestBuilder) -> Reply {
        let reply = request.send().await.expect("the server answers");
        let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
        self.keep_cookies(&headers);
        let body = reply.bytes().await.expect("the reply is whole").to_vec();
        Reply { status, headers, body }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request(&Method::GET, path)).await
    }

    /// HEAD.
    pub async fn head(&self, path: &str) -> Reply {
        self.send(self.request(&Method::HEAD, path)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Reply {
        self.send(self.request(&Method::DELETE, path)).await
    }

    /// POST of a form as a page sends it.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let mut address = reqwest::Url::parse("form:").expect("a constant");
        address.query_pairs_mut().extend_pairs(fields);
        let body = address.query().unwrap_or_default().to_owned();
        let form = "application/x-www-form-urlencoded";
        self.send(self.request(&Method::POST, path).header("content-type", form).body(body)).await
    }

    /// POST of JSON as a program sends it.
    pub async fn post_json(&self, path: &str, value: &Value) -> Reply {
        self.send(self.request(&Method::POST, path).json(value)).await
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().expect("no holder panics");
        for line in headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let Some((name, value)) = line.split(';').next().and_then(|pair| pair.split_once('=')) else { continue };
            if line.to_ascii_lowercase().contains("max-age=0") {
                cookies.remove(name.trim());
            } else {
                cookies.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
    }
}

impl Reply {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("status {}, not JSON ({error}): {}", self.status, self.text()),
        }
    }

    /// A header's text, empty when it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Where a redirect leads, empty when it is none.
    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    /// Itself when the status is as expected; otherwise the story ends with what came instead.
    #[track_caller]
    pub fn expect_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "unexpected status; body: {}", self.text());
        self
    }
}

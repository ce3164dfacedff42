//! Hostile and honest addresses with the verdict each must get, and a network that records what was dialled.
//! For tests only: every way by which a person's address reaches the server is driven through these cases.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;

use crate::guard::Rules;
use crate::net::{Net, Stream};

/// An address, what its name resolves to, and whether it may be connected to under [`rules`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// What a person, a feed or a plugin names.
    pub url: &'static str,
    /// What the resolver says of its host; empty when the host is an address or the URL is refused unresolved.
    pub answers: &'static [&'static str],
    /// Whether a connection may be made.
    pub open: bool,
}

/// The rules the corpus is judged under: no exceptions, plain http allowed, so that addresses decide and not schemes.
pub const fn rules() -> Rules {
    Rules { allow: Vec::new(), plain_http: true }
}

/// The cases that must never be connected to.
pub fn hostile() -> impl Iterator<Item = &'static Case> {
    CASES.iter().filter(|case| !case.open)
}

/// The hostile URLs that need no resolver, for tests that drive a whole server.
pub fn hostile_literals() -> impl Iterator<Item = &'static str> {
    hostile().filter(|case| case.answers.is_empty()).map(|case| case.url)
}

const fn open(url: &'static str, answers: &'static [&'static str]) -> Case {
    Case { url, answers, open: true }
}

const fn shut(url: &'static str) -> Case {
    Case { url, answers: &[], open: false }
}

const fn trap(answers: &'static [&'static str]) -> Case {
    Case { url: "https://podcast.example/feed.xml", answers, open: false }
}

/// Every case.
pub const CASES: &[Case] = &[
    open("https://podcast.example/feed.xml", &["93.184.216.34"]),
    open("http://podcast.example/feed.xml", &["93.184.216.34", "2606:2800:220:1::1"]),
    open("https://podcast.example./feed.xml", &["93.184.216.34"]),
    open("HTTPS://PODCAST.EXAMPLE:443/a?b=c#d", &["93.184.216.34"]),
    open("https://bücher.example/", &["93.184.216.34"]),
    open("https://podcast.example:80/", &["93.184.216.34"]),
    open("https://podcast.example/@127.0.0.1/", &["93.184.216.34"]),
    open("https://podcast.example/?u=http://127.0.0.1/", &["93.184.216.34"]),
    open("https://podcast.example/", &["64:ff9b::5db8:d822"]),
    open("https://podcast.example/", &["2002:5db8:d822::1"]),
    open("https://93.184.216.34/", &[]),
    open("http://1572395042/", &[]),
    open("https://[2606:2800:220:1::1]/", &[]),
    open("https://[::ffff:93.184.216.34]/", &[]),
    open("http://1.1.1.1#@127.0.0.1:22/", &[]),
    // The machine itself, in every spelling that some reader of addresses understands.
    shut("http://127.0.0.1/"),
    shut("http://127.0.0.1./"),
    shut("http://127.1/"),
    shut("http://127.0.1/"),
    shut("http://127.255.255.254/"),
    shut("http://2130706433/"),
    shut("http://017700000001/"),
    shut("http://0x7f000001/"),
    shut("http://0x7f.0.0.1/"),
    shut("http://0177.0.0.1/"),
    shut("http://0177.0.0x0.1/"),
    shut("http://00000177.1/"),
    shut("http://0x7F.1./"),
    shut("http://%31%32%37.0.0.1/"),
    shut("http://127。0。0。1/"),
    shut("http://127.0.0。1/"),
    shut("http://①②⑦.⓪.⓪.①/"),
    shut("http://１２７.0.0.1/"),
    shut("http://127\u{ff0e}0\u{ff61}0.1/"),
    shut("http://127.0.0\u{ad}.1/"),
    shut("http:127.0.0.1/"),
    shut("http:/127.0.0.1/"),
    shut("http:\\\\127.0.0.1\\"),
    shut("http:////127.0.0.1/"),
    shut(" http://127.0.0.1/ "),
    shut("ht\ntp://127.0.0.1/"),
    shut("http://127.0.\t0.1/"),
    shut("http://0/"),
    shut("http://0.0.0.0/"),
    shut("http://0x0/"),
    shut("http://[::1]/"),
    shut("http://[0:0:0:0:0:0:0:1]/"),
    shut("http://[::]/"),
    shut("http://[::127.0.0.1]/"),
    shut("http://[::ffff:127.0.0.1]/"),
    shut("http://[::ffff:7f00:1]/"),
    shut("http://[0:0:0:0:0:ffff:127.0.0.1]/"),
    shut("http://[::ffff:0:127.0.0.1]/"),
    shut("http://[64:ff9b::127.0.0.1]/"),
    shut("http://[64:ff9b:1::127.0.0.1]/"),
    shut("http://[2002:7f00:1::]/"),
    shut("http://[2001:0:7f00:1::f7f7:f7f7]/"),
    shut("http://[2001:0:808:808::80ff:fffe]/"),
    // Addresses with a zone, a prefix or a port inside are none.
    shut("http://[fe80::1%25eth0]/"),
    shut("http://[fe80::1%eth0]/"),
    shut("http://[::1%251]/"),
    shut("http://[::1]:80]/"),
    shut("http://[127.0.0.1]/"),
    shut("http://127.0.0.1:80:80/"),
    // Neighbours, clouds and private networks.
    shut("http://10.0.0.1/"),
    shut("http://012.0.0.1/"),
    shut("http://172.16.0.1/"),
    shut("http://172.31.255.255/"),
    shut("http://192.168.0.1/"),
    shut("http://3232235521/"),
    shut("http://100.64.0.1/"),
    shut("http://100.100.100.200/latest/meta-data/"),
    shut("http://169.254.169.254/latest/meta-data/"),
    shut("http://2852039166/latest/meta-data/"),
    shut("http://0251.0376.0251.0376/"),
    shut("http://0xa9fea9fe/"),
    shut("http://[::ffff:169.254.169.254]/"),
    shut("http://[64:ff9b::a9fe:a9fe]/"),
    shut("http://[fd00:ec2::254]/"),
    shut("http://168.63.129.16/"),
    shut("http://[fc00::1]/"),
    shut("http://[fe80::1]/"),
    shut("http://[fec0::1]/"),
    shut("http://[ff02::1]/"),
    shut("http://[100::1]/"),
    shut("http://[2001:db8::1]/"),
    shut("http://192.0.0.192/"),
    shut("http://192.0.2.1/"),
    shut("http://192.88.99.1/"),
    shut("http://198.18.0.1/"),
    shut("http://198.51.100.1/"),
    shut("http://203.0.113.1/"),
    shut("http://224.0.0.1/"),
    shut("http://240.0.0.1/"),
    shut("http://255.255.255.255/"),
    // A host that is not where a hasty reader sees it.
    shut("http://1.1.1.1@127.0.0.1/"),
    shut("http://1.1.1.1:80@127.0.0.1/"),
    shut("http://127.0.0.1@1.1.1.1/"),
    shut("http://:pw@1.1.1.1/"),
    shut("http://1.1.1.1 @127.0.0.1/"),
    shut("http://127.0.0.1\\@1.1.1.1/"),
    shut("http://127.0.0.1#@1.1.1.1/"),
    shut("http://127.0.0.1?@1.1.1.1/"),
    shut("http://1.1.1.1\u{0}.127.0.0.1/"),
    // Other doors.
    shut("http://1.1.1.1:22/"),
    shut("http://1.1.1.1:6379/"),
    shut("http://1.1.1.1:8080/"),
    shut("http://1.1.1.1:0/"),
    shut("http://1.1.1.1:65536/"),
    shut("http://1.1.1.1:-80/"),
    shut("file:///etc/passwd"),
    shut("file://127.0.0.1/etc/passwd"),
    shut("ftp://1.1.1.1/"),
    shut("gopher://127.0.0.1:6379/_FLUSHALL"),
    shut("dict://127.0.0.1:11211/"),
    shut("unix:/run/rostrum.sock"),
    shut("data:text/plain,hello"),
    shut("javascript:alert(1)"),
    shut("blob:https://1.1.1.1/1"),
    shut("ws://1.1.1.1/"),
    shut("feed://1.1.1.1/"),
    shut("//127.0.0.1/"),
    shut("/etc/passwd"),
    shut("127.0.0.1:80"),
    shut("http://"),
    shut("http:///"),
    shut("http://256.256.256.256/"),
    shut("http://1.2.3.4.5/"),
    shut("http://%00/"),
    shut("http://a b/"),
    shut(""),
    // Names whose owner points them inwards.
    Case { url: "http://localhost/", answers: &["127.0.0.1", "::1"], open: false },
    Case { url: "http://localhost./", answers: &["127.0.0.1"], open: false },
    Case { url: "http://LOCALHOST/", answers: &["::1"], open: false },
    Case { url: "http://127.0.0.1.nip.example/", answers: &["127.0.0.1"], open: false },
    Case { url: "http://metadata.google.internal/", answers: &["169.254.169.254"], open: false },
    Case { url: "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", answers: &["127.0.0.1"], open: false },
    trap(&["10.1.2.3"]),
    trap(&["93.184.216.34", "10.1.2.3"]),
    trap(&["10.1.2.3", "93.184.216.34"]),
    trap(&["93.184.216.34", "::1"]),
    trap(&["2606:2800:220:1::1", "fd00::1"]),
    trap(&["::ffff:10.1.2.3"]),
    trap(&["64:ff9b::10.1.2.3"]),
    trap(&["2002:a01:203::1"]),
    trap(&["fe80::1"]),
    trap(&["0.0.0.0"]),
    trap(&["::"]),
    trap(&["::7f00:1"]),
];

/// A network whose resolver answers what it is told and that lets no connection through, but remembers each attempt.
#[derive(Debug, Clone, Default)]
pub struct Recorder {
    answers: Vec<IpAddr>,
    dialled: Arc<Mutex<Vec<SocketAddr>>>,
}

impl Recorder {
    /// Every name resolves to `answers`.
    pub fn answering(answers: impl IntoIterator<Item = IpAddr>) -> Self {
        Self { answers: answers.into_iter().collect(), dialled: Arc::default() }
    }

    /// The network of one case.
    pub fn of(case: &Case) -> Self {
        Self::answering(case.answers.iter().map(|text| text.parse().expect("the corpus holds addresses")))
    }

    /// Every socket that was dialled so far, by any clone.
    pub fn dialled(&self) -> Vec<SocketAddr> {
        self.dialled.lock().expect("no holder panics").clone()
    }
}

impl Net for Recorder {
    fn resolve<'a>(&'a self, _name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async { Ok(self.answers.clone()) })
    }

    fn dial(&self, socket: SocketAddr) -> BoxFuture<'_, io::Result<Box<dyn Stream>>> {
        self.dialled.lock().expect("no holder panics").push(socket);
        Box::pin(async { Err(io::ErrorKind::ConnectionRefused.into()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Error, Fetcher, Policy, Request};

    #[tokio::test]
    async fn every_case_gets_its_verdict() {
        for case in CASES {
            let net = Recorder::of(case);
            let fetcher = Fetcher::on(Policy { rules: rules(), ..Policy::default() }, net.clone());
            for error in [
                fetcher.get(&Request::new(case.url)).await.unwrap_err(),
                fetcher.download(&Request::media(case.url), &mut Vec::new()).await.unwrap_err(),
                fetcher.post(&Request::new(case.url), "text/plain", "").await.unwrap_err(),
            ] {
                let refused = matches!(error, Error::Refused(_));
                assert_eq!(refused, !case.open, "{case:?} gave {error:?}");
            }
            assert_eq!(net.dialled().is_empty(), !case.open, "{case:?} dialled {:?}", net.dialled());
        }
    }
}

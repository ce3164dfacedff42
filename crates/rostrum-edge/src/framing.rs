//! A second opinion on where HTTP/1 requests begin and end (RFC 9112 §6, §7.1). The server behind it mends some
//! doubtful framing in silence; this one refuses it, so that no proxy in front can be of another mind. Pure: bytes in,
//! verdict out.

/// Longest line of a chunk's size with its extensions, in bytes.
const CHUNK_LINE_MAX: usize = 256;

/// Why bytes are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// A line that does not end in CR LF, or holds a CR elsewhere.
    LineEnd,
    /// A header continued on a second line (obs-fold).
    Folded,
    /// A header line without a colon, without a name, or with white space around the name.
    Name,
    /// More than one Content-Length, or one that is no plain number.
    Length,
    /// A Transfer-Encoding other than one `chunked`.
    Encoding,
    /// Content-Length and Transfer-Encoding together.
    Both,
    /// A chunk whose size line is malformed.
    Chunk,
    /// A head or trailer beyond its limit.
    TooLong,
}

/// Where in the stream of requests the reader stands.
#[derive(Debug)]
enum State {
    Head(Head),
    Body(u64),
    ChunkSize,
    ChunkData(u64),
    ChunkEnd,
    Trailer(Head),
}

/// What the head says so far.
#[derive(Debug, Default)]
struct Head {
    bytes: usize,
    requested: bool,
    length: Option<u64>,
    chunked: bool,
}

/// Follows one connection's bytes from the client.
#[derive(Debug)]
pub(crate) struct Framing {
    state: State,
    line: Vec<u8>,
    head_bytes_max: usize,
}

impl Framing {
    pub(crate) fn new(head_bytes_max: usize) -> Self {
        Self { state: State::Head(Head::default()), line: Vec::new(), head_bytes_max }
    }

    /// Whether a request's body has begun and not ended.
    pub(crate) const fn in_body(&self) -> bool {
        !matches!(self.state, State::Head(_))
    }

    /// Takes the next bytes; the error says how many of them, whole lines, are in order before the doubtful one.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<(), (usize, Doubt)> {
        let mut at = 0;
        while at < bytes.len() {
            at += match &mut self.state {
                State::Body(left) | State::ChunkData(left) => {
                    let step = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len() - at);
                    *left -= step as u64;
                    step
                }
                _ => self.feed_line(&bytes[at..]).map_err(|doubt| (at, doubt))?,
            };
            self.settle();
        }
        Ok(())
    }

    /// Leaves a body whose last byte has come.
    fn settle(&mut self) {
        match self.state {
            State::Body(0) => self.state = State::Head(Head::default()),
            State::ChunkData(0) => self.state = State::ChunkEnd,
            _ => {}
        }
    }

    fn feed_line(&mut self, bytes: &[u8]) -> Result<usize, Doubt> {
        let end = bytes.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
        let step = end.unwrap_or(bytes.len());
        let room = match &mut self.state {
            State::Head(head) | State::Trailer(head) => {
                head.bytes += step;
                head.bytes <= self.head_bytes_max
            }
            _ => self.line.len() + step <= CHUNK_LINE_MAX,
        };
        if !room {
            return Err(Doubt::TooLong);
        }
        self.line.extend_from_slice(&bytes[..step]);
        if end.is_some() {
            let line = std::mem::take(&mut self.line);
            self.end_line(line.strip_suffix(b"\r\n").ok_or(Doubt::LineEnd)?)?;
            self.line = line;
            self.line.clear();
        }
        Ok(step)
    }

    fn end_line(&mut self, line: &[u8]) -> Result<(), Doubt> {
        if line.contains(&b'\r') {
            return Err(Doubt::LineEnd);
        }
        let next = match &mut self.state {
            State::Head(head) => head.end_line(line)?,
            State::Trailer(_) if line.is_empty() => Some(State::Head(Head::default())),
            State::Trailer(_) => field(line).map(|_| None)?,
            State::ChunkSize => Some(chunk(line)?),
            State::ChunkEnd if line.is_empty() => Some(State::ChunkSize),
            State::ChunkEnd => return Err(Doubt::Chunk),
            State::Body(_) | State::ChunkData(_) => None,
        };
        if let Some(next) = next {
            self.state = next;
        }
        Ok(())
    }
}

impl Head {
    fn end_line(&mut self, line: &[u8]) -> Result<Option<State>, Doubt> {
        match (self.requested, line.is_empty()) {
            (false, true) => Ok(None),
            (false, false) => {
                self.requested = true;
                Ok(None)
            }
            (true, false) => self.note(line).map(|()| None),
            (true, true) => Ok(Some(self.body())),
        }
    }

    fn note(&mut self, line: &[u8]) -> Result<(), Doubt> {
        let (name, value) = field(line)?;
        if name.eq_ignore_ascii_case(b"content-length") {
            if self.length.is_some() {
                return Err(Doubt::Length);
            }
            self.length = Some(number(value).ok_or(Doubt::Length)?);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if self.chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(Doubt::Encoding);
            }
            self.chunked = true;
        }
        if self.chunked && self.length.is_some() { Err(Doubt::Both) } else { Ok(()) }
    }

    const fn body(&self) -> State {
        match (self.chunked, self.length) {
            (true, _) => State::ChunkSize,
            (false, Some(length)) => State::Body(length),
            (false, None) => State::Body(0),
        }
    }
}

/// A header line's name and value.
fn field(line: &[u8]) -> Result<(&[u8], &[u8]), Doubt> {
    if line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
        return Err(Doubt::Folded);
    }
    let colon = line.iter().position(|byte| *byte == b':').ok_or(Doubt::Name)?;
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    if name.is_empty() || name.iter().any(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control()) {
        return Err(Doubt::Name);
    }
    Ok((name, value.trim_ascii()))
}

fn number(text: &[u8]) -> Option<u64> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn chunk(line: &[u8]) -> Result<State, Doubt> {
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let extension = line[digits..].trim_ascii_start();
    if !(extension.is_empty() || extension.starts_with(b";")) {
        return Err(Doubt::Chunk);
    }
    let digits = std::str::from_utf8(&line[..digits]).map_err(|_| Doubt::Chunk)?;
    match u64::from_str_radix(digits, 16).map_err(|_| Doubt::Chunk)? {
        0 => Ok(State::Trailer(Head::default())),
        size => Ok(State::ChunkData(size)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn verdict(text: &str) -> Result<(), Doubt> {
        Framing::new(400).feed(text.as_bytes()).map_err(|(_, doubt)| doubt)
    }

    #[test]
    fn doubtful_framing_is_refused() {
        let cases = [
            ("Content-Length: 4\r\nTransfer-Encoding: chunked", Doubt::Both),
            ("Transfer-Encoding: chunked\r\nContent-Length: 4", Doubt::Both),
            ("Content-Length: 4\r\nContent-Length: 4", Doubt::Length),
            ("Content-Length: 4, 4", Doubt::Length),
            ("Content-Length: +4", Doubt::Length),
            ("Content-Length: 0x4", Doubt::Length),
            ("Content-Length: -1", Doubt::Length),
            ("Content-Length:", Doubt::Length),
            ("Content-Length: 99999999999999999999", Doubt::Length),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", Doubt::Encoding),
            ("Transfer-Encoding: gzip, chunked", Doubt::Encoding),
            ("Transfer-Encoding: identity", Doubt::Encoding),
            ("Transfer-Encoding: \"chunked\"", Doubt::Encoding),
            ("Transfer-Encoding: xchunked", Doubt::Encoding),
            ("Transfer-Encoding : chunked", Doubt::Name),
            ("X-A: 1\r\n Transfer-Encoding: chunked", Doubt::Folded),
            ("X-A: 1\r\n\tb", Doubt::Folded),
            ("X-A: 1\nX-B: 2", Doubt::LineEnd),
            ("X-A: 1\rX-B: 2", Doubt::LineEnd),
            ("no colon", Doubt::Name),
            (": nameless", Doubt::Name),
        ];
        for (headers, doubt) in cases {
            assert_eq!(verdict(&format!("POST / HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n")), Err(doubt), "{headers}");
        }
    }

    #[test]
    fn chunks_are_followed_to_the_letter() {
        let chunked = |body: &str| verdict(&format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{body}"));
        assert_eq!(chunked("5;a=b\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\nGET / HTTP/1.1\r\n\r\n"), Ok(()));
        let bad = ["5\nhello\r\n", "\r\n", "-1\r\n", "0x5\r\n", "5 5\r\n", "5\r\nhello!\r\n", "ffffffffffffffff1\r\n"];
        for body in bad {
            assert!(chunked(body).is_err(), "{body:?}");
        }
        assert_eq!(chunked(&format!("5;{}\r\n", "e".repeat(300))), Err(Doubt::TooLong));
        assert_eq!(chunked("0\r\n folded: 1\r\n\r\n"), Err(Doubt::Folded));
    }

    #[test]
    fn an_endless_head_is_refused() {
        assert_eq!(verdict(&"x".repeat(401)), Err(Doubt::TooLong));
        let many = "A: b\r\n".repeat(100);
        assert_eq!(verdict(&format!("GET / HTTP/1.1\r\n{many}\r\n")), Err(Doubt::TooLong));
    }

    #[test]
    fn says_how_much_was_in_order() {
        let good = "GET / HTTP/1.1\r\nHost: a\r\n";
        let mut framing = Framing::new(400);
        let text = format!("{good}Content-Length: x\r\n\r\n");
        assert_eq!(framing.feed(text.as_bytes()), Err((good.len(), Doubt::Length)));
    }

    fn request() -> impl Strategy<Value = Vec<u8>> {
        let plain = Just(b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n".to_vec());
        let sized = proptest::collection::vec(any::<u8>(), 0..40).prop_map(|body| {
            let head = format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len());
            [head.into_bytes(), body].concat()
        });
        let chunked =
            proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..20), 0..4).prop_map(|parts| {
                let mut text = b"PUT / HTTP/1.1\r\ntransfer-encoding: Chunked\r\n\r\n".to_vec();
                for part in parts {
                    text.extend(format!("{:X}\r\n", part.len()).bytes().chain(part).chain(*b"\r\n"));
                }
                text.extend(b"0\r\n\r\n");
                text
            });
        prop_oneof![plain, sized, chunked]
    }

    proptest! {
        #[test]
        fn good_requests_pass_however_they_are_cut(
            requests in proptest::collection::vec(request(), 1..6), cut in 1usize..30
        ) {
            let mut framing = Framing::new(400);
            for piece in requests.concat().chunks(cut) {
                prop_assert_eq!(framing.feed(piece), Ok(()));
            }
            let between = matches!(framing.state, State::Head(Head { requested: false, .. }));
            prop_assert!(between, "{:?}", framing.state);
        }

        #[test]
        fn the_verdict_does_not_depend_on_the_cut(text in proptest::collection::vec(
            prop_oneof![Just(b'\r'), Just(b'\n'), Just(b':'), Just(b' '), any::<u8>()], 0..120), cut in 1usize..9
        ) {
            let whole = Framing::new(64).feed(&text).map_err(|(_, doubt)| doubt);
            let mut framing = Framing::new(64);
            let parts = text.chunks(cut).try_for_each(|piece| framing.feed(piece)).map_err(|(_, doubt)| doubt);
            prop_assert_eq!(whole.is_ok(), parts.is_ok());
        }
    }
}

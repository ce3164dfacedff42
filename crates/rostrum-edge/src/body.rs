//! Bodies on their way through: the request's with its limits on size and patience, the answer's with its count.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Either;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::access_log::Entry;
use crate::activity::{InFlight, Pulse};
use crate::live::Own;
use crate::refusal::Refusal;

/// Bytes that have to come within each span of patience, unless the body ends in it.
const PROGRESS_BYTES_MIN: u64 = 1024;

/// What went wrong with a request's body, if anything; read once the exchange with web has failed.
pub(crate) type Fault = Arc<OnceLock<Refusal>>;

/// What a request's body may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    pub(crate) bytes: u64,
    pub(crate) patience: Duration,
}

/// A request's body as web receives it.
pub(crate) struct Intake<B> {
    body: B,
    left: u64,
    patience: Duration,
    progress: u64,
    timer: Option<Pin<Box<Sleep>>>,
    pulse: Arc<Pulse>,
    in_flight: Arc<InFlight>,
    fault: Fault,
}

/// The two marks of movement that a body touches: its request's and its connection's.
#[derive(Debug, Clone)]
pub(crate) struct Marks {
    pub(crate) pulse: Arc<Pulse>,
    pub(crate) in_flight: Arc<InFlight>,
}

impl<B> Intake<B> {
    pub(crate) fn new(body: B, allowance: Allowance, marks: Marks) -> (Self, Fault) {
        let fault = Fault::default();
        let intake = Self {
            body,
            left: allowance.bytes,
            patience: allowance.patience,
            progress: 0,
            timer: None,
            pulse: marks.pulse,
            in_flight: marks.in_flight,
            fault: Arc::clone(&fault),
        };
        (intake, fault)
    }

    fn fail<T>(&self, refusal: Refusal) -> Poll<Option<Result<T, Refusal>>> {
        Poll::Ready(Some(Err(*self.fault.get_or_init(|| refusal))))
    }

    /// Waits on the timer of the running span; true once it has run out.
    fn out_of_patience(&mut self, cx: &mut Context<'_>) -> bool {
        let patience = self.patience;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(patience)));
        timer.as_mut().poll(cx).is_ready()
    }

    fn note(&mut self, bytes: u64) {
        self.pulse.touch();
        self.in_flight.touch();
        self.progress += bytes;
        if self.progress >= PROGRESS_BYTES_MIN {
            self.progress = 0;
            self.timer = None;
        }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Intake<B> {
    type Data = Bytes;
    type Error = Refusal;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Refusal>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else {
            return if self.out_of_patience(cx) { self.fail(Refusal::TooSlow) } else { Poll::Pending };
        };
        match frame {
            None => Poll::Ready(None),
            Some(Err(_)) => self.fail(Refusal::Broken),
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
                let Some(left) = self.left.checked_sub(bytes) else { return self.fail(Refusal::TooLarge) };
                self.left = left;
                self.note(bytes);
                Poll::Ready(Some(Ok(frame)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body on its way to the client.
pub(crate) struct Outflow {
    body: Either<Incoming, Own>,
    entry: Entry,
    in_flight: Arc<InFlight>,
}

impl Outflow {
    pub(crate) fn new(body: Either<Incoming, Own>, mut entry: Entry, in_flight: Arc<InFlight>) -> Self {
        entry.complete = body.is_end_stream();
        Self { body, entry, in_flight }
    }
}

impl Body for Outflow {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.in_flight.touch();
        match &frame {
            Some(Ok(frame)) => self.entry.bytes += frame.data_ref().map_or(0, |data| data.len() as u64),
            Some(Err(_)) => {}
            None => self.entry.complete = true,
        }
        if self.body.is_end_stream() && !matches!(frame, Some(Err(_))) {
            self.entry.complete = true;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Outflow {
    fn drop(&mut self) {
        self.entry.write();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::{Activity, Patience};
    use http_body_util::BodyExt;
    use http_body_util::Full;
    use http_body_util::channel::Channel;
    use std::convert::Infallible;
    use tokio::time::Instant;

    const PATIENCE: Duration = Duration::from_secs(30);

    fn intake<B>(body: B, bytes: u64) -> (Intake<B>, Fault) {
        let patience = Patience { first: PATIENCE, idle: PATIENCE, stall: PATIENCE };
        let in_flight = Arc::new(Activity::new(patience).begin());
        let marks = Marks { pulse: Arc::new(Pulse::new()), in_flight };
        Intake::new(body, Allowance { bytes, patience: PATIENCE }, marks)
    }

    #[tokio::test]
    async fn the_byte_beyond_the_limit_is_refused() {
        let (body, _) = intake(Full::new(Bytes::from_static(b"12345")), 5);
        assert_eq!(body.collect().await.unwrap().to_bytes(), "12345");
        let (body, fault) = intake(Full::new(Bytes::from_static(b"123456")), 5);
        assert_eq!(body.collect().await.unwrap_err(), Refusal::TooLarge);
        assert_eq!(fault.get(), Some(&Refusal::TooLarge));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stands_still_is_cut() {
        let (_sender, body) = Channel::<Bytes, Infallible>::new(1);
        let start = Instant::now();
        let (body, fault) = intake(body, 5);
        assert_eq!(body.collect().await.unwrap_err(), Refusal::TooSlow);
        assert_eq!(fault.get(), Some(&Refusal::TooSlow));
        assert_eq!(start.elapsed(), PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_drip_is_cut_and_a_slow_stream_is_not() {
        for (piece, gap_s, good) in [(1, 20, false), (1024, 29, true)] {
            let (mut sender, body) = Channel::<Bytes, Infallible>::new(1);
            let feeding = tokio::spawn(async move {
                for _ in 0..5 {
                    sleep(Duration::from_secs(gap_s)).await;
                    if sender.send_data(Bytes::from(vec![0; piece])).await.is_err() {
                        return;
                    }
                }
            });
            let (body, _) = intake(body, 1 << 20);
            assert_eq!(body.collect().await.is_ok(), good, "{piece} bytes each {gap_s} s");
            feeding.await.unwrap();
        }
    }
}

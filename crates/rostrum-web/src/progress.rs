//! What was last heard of each running job, and who wants to hear more. The worker's reports come over a socket; the
//! database stays the truth about how jobs end.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use rostrum_domain::Id;
use rostrum_domain::job::Job;
use rostrum_wire::{Progress, Reports, Shutdown};
use tokio::sync::broadcast;

/// Reports a slow listener may fall behind before it misses some.
const BACKLOG: usize = 256;
/// Running jobs remembered.
const KEPT_MAX: usize = 1000;

/// The board; one a web role.
pub struct Board {
    latest: Mutex<HashMap<String, Progress>>,
    news: broadcast::Sender<Progress>,
}

impl Default for Board {
    fn default() -> Self {
        Self { latest: Mutex::default(), news: broadcast::Sender::new(BACKLOG) }
    }
}

impl Board {
    /// The last that was heard of a job.
    pub fn of(&self, job: Id<Job>) -> Option<Progress> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).get(&job.to_string()).cloned()
    }

    /// Everything that is reported from now on.
    pub fn listen(&self) -> broadcast::Receiver<Progress> {
        self.news.subscribe()
    }

    /// Notes a report and passes it on.
    pub fn note(&self, progress: Progress) {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if progress.ended || latest.len() >= KEPT_MAX {
            latest.remove(&progress.job);
        }
        if !progress.ended {
            latest.insert(progress.job.clone(), progress.clone());
        }
        drop(latest);
        let _listeners = self.news.send(progress);
    }

    /// Notes reports until the stop.
    pub async fn follow(&self, mut reports: Reports, stop: Shutdown) {
        loop {
            let next = tokio::select! {
                next = reports.next() => next,
                () = stop.soft().cancelled() => return,
            };
            match next {
                Ok(progress) => self.note(progress),
                Err(error) => {
                    tracing::warn!(%error, "progress reports end");
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(done: u64, ended: bool) -> Progress {
        let job = Id::<Job>::from_bits(1).to_string();
        Progress { job, show: None, episode: None, step: "encoding".into(), done, total: 10, ended }
    }

    #[tokio::test]
    async fn the_last_word_is_kept_until_the_end() {
        let board = Board::default();
        let mut news = board.listen();
        board.note(report(3, false));
        board.note(report(7, false));
        assert_eq!(board.of(Id::from_bits(1)).map(|progress| progress.done), Some(7));
        board.note(report(10, true));
        assert_eq!(board.of(Id::from_bits(1)), None);
        assert_eq!(news.recv().await.map(|progress| progress.done), Ok(3));
    }
}

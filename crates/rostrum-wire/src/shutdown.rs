//! The two-stage stop: soft (take nothing new, finish what runs), then hard (drop everything now).

use tokio_util::sync::CancellationToken;

/// A handle on the stop of one process; every clone speaks of the same stop.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    soft: CancellationToken,
    hard: CancellationToken,
}

impl Shutdown {
    /// A stop that nobody has asked for yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for the soft stop: take nothing new, finish what runs.
    pub fn begin(&self) {
        self.soft.cancel();
    }

    /// Asks for the hard stop; implies the soft one.
    pub fn force(&self) {
        self.soft.cancel();
        self.hard.cancel();
    }

    /// The token of the soft stop.
    pub const fn soft(&self) -> &CancellationToken {
        &self.soft
    }

    /// The token of the hard stop.
    pub const fn hard(&self) -> &CancellationToken {
        &self.hard
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hard_implies_soft_but_not_the_reverse() {
        let stop = Shutdown::new();
        stop.begin();
        assert!(stop.soft().is_cancelled() && !stop.hard().is_cancelled());
        let stop = Shutdown::new();
        stop.clone().force();
        assert!(stop.soft().is_cancelled() && stop.hard().is_cancelled());
    }
}

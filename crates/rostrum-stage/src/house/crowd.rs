//! How many listen, added up over the edges that say so.

use std::collections::HashMap;

/// An edge that says nothing for so long is gone, in microseconds.
const FORGET_US: u64 = 15_000_000;
/// Edges counted at most.
const EDGES_MAX: usize = 1024;

/// The counts of all edges.
#[derive(Debug, Default)]
pub(crate) struct Crowd(HashMap<String, (u64, u64)>);

impl Crowd {
    /// Takes one edge's count; gives the sum.
    pub(crate) fn count(&mut self, edge: String, listeners: u64, now_us: u64) -> u64 {
        self.0.retain(|_, (_, at_us)| now_us.saturating_sub(*at_us) < FORGET_US);
        if self.0.len() < EDGES_MAX || self.0.contains_key(&edge) {
            self.0.insert(edge, (listeners, now_us));
        }
        self.0.values().map(|(count, _)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_add_up_and_silent_ones_are_forgotten() {
        let mut crowd = Crowd::default();
        assert_eq!(crowd.count("a".into(), 3, 0), 3);
        assert_eq!(crowd.count("b".into(), 4, 1), 7);
        assert_eq!(crowd.count("a".into(), 1, 2), 5);
        assert_eq!(crowd.count("a".into(), 1, FORGET_US + 1), 1);
    }
}

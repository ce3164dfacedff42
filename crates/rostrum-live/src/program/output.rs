//! What has been mixed and waits to go out: the program delay, and what is taken back before anybody hears it.

use std::collections::VecDeque;
use std::ops::Range;

use rostrum_media::mixer::BLOCK;

/// 20 ms of the program.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Program position of the first sample.
    pub position: u64,
    /// 960 samples of each channel, interleaved.
    pub samples: Vec<f32>,
}

/// Samples of a fade into a span that was taken back, and out of it: 10 ms.
const FADE: u64 = 480;
/// Most spans that are taken back at one time; beyond, two become one.
const SPANS_MAX: usize = 64;

/// Blocks in order of their position.
#[derive(Debug, Default)]
pub(super) struct Output {
    waiting: VecDeque<Block>,
    /// Position of the block that comes next.
    next: u64,
    dumped: Vec<Range<u64>>,
}

impl Output {
    pub(super) fn start(&mut self, position: u64) {
        self.next = position;
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Position of the first block that waits.
    pub(super) fn first(&self) -> u64 {
        self.waiting.front().map_or(self.next, |block| block.position)
    }

    pub(super) fn push(&mut self, mut samples: Vec<f32>) {
        for span in &self.dumped {
            silence(&mut samples, self.next, span);
        }
        self.waiting.push_back(Block { position: self.next, samples });
        self.next += BLOCK as u64;
        let first = self.first();
        self.dumped.retain(|span| span.end + FADE > first);
    }

    /// Makes silence of a span, as far as it has not gone out; later blocks included.
    pub(super) fn dump(&mut self, span: Range<u64>) -> Range<u64> {
        let span = span.start.max(self.first())..span.end.max(self.first());
        for block in &mut self.waiting {
            silence(&mut block.samples, block.position, &span);
        }
        let full = self.dumped.len() == SPANS_MAX;
        match self.dumped.last_mut().filter(|_| full) {
            Some(last) => last.end = last.end.max(span.end),
            None => self.dumped.push(span.clone()),
        }
        span
    }

    /// Hands over the blocks that end at or before `position`.
    pub(super) fn pop(&mut self, position: u64) -> Option<Block> {
        self.waiting.pop_front_if(|block| block.position + BLOCK as u64 <= position)
    }
}

/// Fades `samples`, which begin at `position`, out after the start of `span` and in before its end.
fn silence(samples: &mut [f32], position: u64, span: &Range<u64>) {
    for (at, frame) in (position..).zip(samples.chunks_mut(2)) {
        if span.contains(&at) {
            let edge = (at - span.start).min(span.end - at).min(FADE);
            let gain = 1.0 - edge as f32 / FADE as f32;
            frame.iter_mut().for_each(|sample| *sample *= gain);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_reaches_back_and_forward_but_not_to_what_went_out() {
        let mut output = Output::default();
        output.start(46_080);
        (0..4).for_each(|_| output.push(vec![1.0; BLOCK * 2]));
        assert_eq!(output.pop(46_080 + 960).unwrap().position, 46_080);
        assert_eq!(output.pop(46_080 + 960), None);
        assert_eq!(output.dump(0..46_080 + 960 * 5), 47_040..46_080 + 960 * 5);
        (0..2).for_each(|_| output.push(vec![1.0; BLOCK * 2]));
        let blocks: Vec<Block> = std::iter::from_fn(|| output.pop(u64::MAX)).collect();
        assert!(blocks[0].samples[..].windows(2).all(|pair| pair[0] >= pair[1]));
        assert!(blocks[1].samples.iter().chain(&blocks[2].samples).all(|x| *x == 0.0));
        assert!(blocks[3].samples[0] == 0.0 && blocks[3].samples[1918] > 0.99);
        assert!(blocks[4].samples.iter().all(|x| *x == 1.0));
        assert_eq!(blocks[4].position, 46_080 + 960 * 5);
    }
}

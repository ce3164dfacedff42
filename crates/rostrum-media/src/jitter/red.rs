//! Redundant audio (RFC 2198): one payload that repeats earlier ones in front of its own.

use bytes::Bytes;

/// Most blocks a payload may hold; browsers send two or three.
const BLOCKS_MAX: usize = 33;

/// One block of a redundant payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// By how many samples of RTP time it lies before the packet that carried it.
    pub earlier: u64,
    /// What it holds.
    pub payload: Bytes,
}

/// The blocks of a redundant payload (RFC 2198), the oldest first, the packet's own last; none if it breaks the format.
pub fn open(payload: &Bytes) -> Option<Vec<Block>> {
    let mut lengths = Vec::new();
    let mut at = 0;
    while *payload.get(at)? & 0x80 != 0 {
        let &[_, high, middle, low] = payload.get(at..at + 4)?.first_chunk()?;
        let earlier = u64::from(high) << 6 | u64::from(middle) >> 2;
        lengths.push((earlier, usize::from(middle & 3) << 8 | usize::from(low)));
        at += 4;
        if lengths.len() == BLOCKS_MAX {
            return None;
        }
    }
    at += 1;
    let mut blocks = Vec::with_capacity(lengths.len() + 1);
    for (earlier, length) in lengths {
        payload.get(at..at + length)?;
        blocks.push(Block { earlier, payload: payload.slice(at..at + length) });
        at += length;
    }
    blocks.push(Block { earlier: 0, payload: payload.slice(at..) });
    Some(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blocks_come_oldest_first() {
        let offset = 1920u32;
        let header = [0x80 | 111, (offset >> 6) as u8, ((offset & 0x3f) << 2) as u8, 3];
        let second = [0x80 | 111, (960u32 >> 6) as u8, ((960u32 & 0x3f) << 2) as u8, 1];
        let payload: Vec<u8> = [&header[..], &second, &[111], &[1, 2, 3], &[4], &[5, 6]].concat();
        let blocks = open(&payload.into()).unwrap();
        let plain: Vec<(u64, Vec<u8>)> = blocks.iter().map(|b| (b.earlier, b.payload.to_vec())).collect();
        assert_eq!(plain, [(1920, vec![1, 2, 3]), (960, vec![4]), (0, vec![5, 6])]);
    }

    proptest! {
        #[test]
        fn rubbish_is_refused_or_stays_inside(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let length = bytes.len();
            if let Some(blocks) = open(&bytes.into()) {
                prop_assert!(blocks.iter().map(|block| block.payload.len()).sum::<usize>() < length);
            }
        }
    }
}

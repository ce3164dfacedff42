//! Small waveforms for pages, made from the stored peaks and kept in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rostrum_domain::Id;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_media::wave::Waveform;

use crate::{App, Error};

/// Largest peaks document, in bytes.
const BYTES_MAX: u64 = 1 << 20;
/// Waveforms kept in memory; each takes a few hundred bytes.
const KEPT_MAX: usize = 4096;
/// Values in a kept waveform.
const VALUES: usize = 240;

/// Waveforms in memory.
#[derive(Default)]
pub(crate) struct Waves(Mutex<HashMap<Id<Asset>, Arc<[u8]>>>);

/// The waveform of an episode's files in at most `values` (up to 240) steps of 0 to 100; empty without peaks.
pub async fn of(app: &App, assets: &[Asset], values: usize) -> Result<Vec<u8>, Error> {
    let Some(peaks) = assets.iter().find(|asset| asset.kind == AssetKind::Peaks) else { return Ok(Vec::new()) };
    let known = app.waves().0.lock().unwrap_or_else(PoisonError::into_inner).get(&peaks.id).cloned();
    let wave = match known {
        Some(wave) => wave,
        None => load(app, peaks).await?,
    };
    Ok(shrink(&wave, values))
}

async fn load(app: &App, peaks: &Asset) -> Result<Arc<[u8]>, Error> {
    let bytes = app.media.bytes(&peaks.key, BYTES_MAX).await?;
    let waveform: Waveform = serde_json::from_slice(&bytes).map_err(Error::internal)?;
    let heights: Vec<u8> = waveform.data.chunks_exact(2).map(height).collect();
    let wave: Arc<[u8]> = scaled(&shrink(&heights, VALUES)).into();
    let mut kept = app.waves().0.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= KEPT_MAX {
        kept.clear();
    }
    kept.insert(peaks.id, Arc::clone(&wave));
    Ok(wave)
}

fn height(pair: &[i8]) -> u8 {
    pair.iter().map(|value| value.unsigned_abs()).max().unwrap_or(0)
}

/// Heights of 0 to 100, the loudest being 100.
fn scaled(heights: &[u8]) -> Vec<u8> {
    let top = u32::from(heights.iter().copied().max().unwrap_or(0).max(1));
    heights.iter().map(|height| u8::try_from(u32::from(*height) * 100 / top).unwrap_or(100)).collect()
}

/// At most `values` heights, each the mean of its stretch: in levelled speech every stretch has one loud moment, so the
/// highest would draw a wall.
fn shrink(heights: &[u8], values: usize) -> Vec<u8> {
    if heights.len() <= values {
        return heights.to_vec();
    }
    let stretch = |at: usize| &heights[at * heights.len() / values..(at + 1) * heights.len() / values];
    (0..values).map(|at| mean(stretch(at))).collect()
}

fn mean(heights: &[u8]) -> u8 {
    let sum: usize = heights.iter().map(|height| usize::from(*height)).sum();
    u8::try_from(sum / heights.len().max(1)).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loud_stretches_stand_out() {
        let mut heights = vec![10; 1000];
        heights[520..560].fill(90);
        let small = scaled(&shrink(&heights, 64));
        assert_eq!((small.len(), small[0], small[34]), (64, 11, 100));
        assert_eq!(shrink(&[1, 2], 64), [1, 2]);
    }
}

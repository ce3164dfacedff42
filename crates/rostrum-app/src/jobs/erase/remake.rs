//! The program made again from a journal: mixed as it was live, encoded once for each rendition, as long as it was.

use std::ops::Range;
use std::path::{Path, PathBuf};

use rostrum_codec::live::Decoder;
use rostrum_live::program::Replay;
use rostrum_live::reel::Reel;

use crate::Error;
use crate::rooms::press::{self, Line, Measured, Press, Pressed};
use crate::rooms::tape;

/// What is to be made.
pub(crate) struct Program {
    /// Samples it has.
    pub(crate) end: u64,
    /// Wall time of its first sample, in µs since 1970.
    pub(crate) live_at_us: i64,
    /// Silent whatever is heard there.
    pub(crate) silent: Option<Range<u64>>,
}

/// Makes the program of a journal; blocks.
pub(crate) fn remake(paths: &[PathBuf], scratch: &Path, program: Program) -> Result<(Pressed, Measured), Error> {
    let Program { end, live_at_us, silent } = program;
    let mut press = Press::new(scratch, (end, live_at_us))?;
    let silent = silent.into_iter().chain(press::silenced(paths)?).collect();
    let mut line = Line::new(end, silent, |samples: &[f32]| press.feed(samples));
    let mut mix = Replay::new(0, Decoder::new);
    let mut reel = Reel::default();
    tape::read(paths, &mut |record| {
        reel.record(record);
        mix.record(&reel, record, &mut |block| line.block(&block));
        line.check()
    })?;
    let measured = mix.finish(Some(end), &mut |block| line.block(&block));
    line.finish()?;
    Ok((press.finish()?, measured))
}

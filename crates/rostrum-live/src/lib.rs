//! The live room as a value: inputs go in with the time, outputs come out. Pure: no socket, no file, no clock, no
//! chance, no codec; what needs them is asked for through a seam.

pub mod audience;
pub mod backfill;
pub mod check;
pub mod erase;
pub mod event;
pub mod grant;
pub mod ingest;
pub mod message;
pub mod names;
pub mod program;
pub mod reel;
pub mod refusal;
pub mod room;
pub mod snapshot;
pub mod stems;
pub mod turn;
pub mod watermark;

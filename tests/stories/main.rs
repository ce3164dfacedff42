//! Stories: the real binary, real browsers, real servers and files. Each reads like a script.

mod failpoints;
mod hostile;
mod instruments;
mod kills;
mod publish;
mod schedule;
mod start;
mod storm;

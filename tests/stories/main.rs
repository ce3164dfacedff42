//! Stories: the real binary, real browsers, real servers and files. Each reads like a script.

mod instruments;
mod kills;
mod publish;
mod start;

//! Stories: the real binary, real browsers, real servers and files. Each reads like a script.

mod brought;
mod disks;
mod encoders;
mod erasures;
mod failpoints;
mod feed;
mod hostile;
mod instruments;
mod kills;
mod length;
mod pages;
mod publish;
mod real_time;
mod room_pages;
mod schedule;
mod sound;
mod start;
mod stores;
mod storm;
mod traces;

//! Stories: the real binary, real browsers, real servers and files. Each reads like a script.

mod brought;
mod demo;
mod disks;
mod encoders;
mod erasures;
mod failpoints;
mod feed;
mod hostile;
mod instruments;
mod inward;
mod kills;
mod length;
mod listening;
mod pages;
mod pictures;
mod publish;
mod real_time;
mod room_pages;
mod schedule;
mod sending;
mod sound;
mod start;
mod stores;
mod storm;
mod traces;
mod work;

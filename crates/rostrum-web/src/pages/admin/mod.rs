//! The studio: pages of those who make shows and run the house.

pub mod dashboard;
pub mod episode;
pub mod episode_art;
pub mod episode_chapters;
pub mod episode_erase;
pub mod episode_recording;
pub mod episode_state;
pub mod episode_stems;
pub mod episodes;
pub mod jobs;
pub mod lines;
pub mod room;
pub mod rooms;
pub mod said;
pub mod show;
pub mod show_artwork;
pub mod show_members;
pub mod shows;
pub mod styleguide;
pub mod transcript;
pub mod uploads;

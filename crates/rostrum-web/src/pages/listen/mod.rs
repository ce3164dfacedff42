//! What listeners see: home, shows, episodes, feeds, search, embeds.

pub mod calendar;
pub mod chapters;
pub mod chat;
pub mod embed;
pub mod episode;
pub mod feed;
pub mod home;
pub mod moved;
pub mod oembed;
pub mod qr;
pub mod replay;
pub mod search;
pub mod show;
pub mod theme;

#[cfg(test)]
mod tests;

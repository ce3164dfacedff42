//! Everything a person sees, as plain data: one struct per page, rendered by the templates of the same name. No I/O, no
//! HTTP, no decisions; handlers fill the fields, samples show what they look like.

pub mod access;
pub mod admin;

pub mod episode;
pub mod error;
#[expect(unreachable_pub, reason = "the filter macro writes public methods whatever the function says")]
pub(crate) mod filters;
pub mod form;
pub mod home;
pub mod parts;
pub mod room;
pub mod samples;
pub mod search;
pub mod show;
pub mod theme;

#[cfg(test)]
mod markup;

pub use form::Form;
pub use parts::{Art, EpisodeCard, Flash, FlashKind, Meta, Page, Pager, RoomCard, Safe, ShowCard, Viewer, When};

/// A page that can show itself with made-up content.
pub trait Sampled: askama::Template + Sized {
    /// The page's name in the gallery, as in `show`.
    const NAME: &'static str;

    /// Contexts worth looking at, each with a name: the usual one first, then the extremes.
    fn samples() -> Vec<(&'static str, Self)>;
}

//! Everything people read, by language. Holds the messages of `locales/`, says them with values filled in, and chooses
//! a reader's language. Knows no pages, no requests, no clock.

mod lang;
mod said;
mod shelf;
mod told;

pub use lang::{Lang, choose};
pub use said::{Said, Tenths, Value};
pub use shelf::{ids, variables};
pub use told::retell;

/// The message `id` in a language; values are filled in with [`Said::with`].
pub fn say(lang: Lang, id: &str) -> Said {
    Said::new(lang, id)
}

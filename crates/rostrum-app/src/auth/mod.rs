//! Who is asking: passwords, sessions and API tokens. Every secret is 256 random bits, kept as SHA-256 only.

mod limit;
mod password;
mod secret;
mod sessions;
mod sign_in;
#[cfg(test)]
mod tests;
mod tokens;

use std::sync::{Mutex, PoisonError};

use rostrum_domain::access::Caller;
use rostrum_domain::user::Session;
use rostrum_domain::{Id, Timestamp};

pub use limit::network;
pub use password::Cost;
pub use sessions::{IDLE_HOURS, LIFE_DAYS, Opened, by_session, list, prune, revoke, revoke_others, sign_out};
pub use sign_in::{Browser, NewPassword, change_password, sign_in};
pub use tokens::{NewToken, by_token, make_token, page as token_page, revoke_token, tokens};

pub(crate) use secret::{digest, fresh};
pub(crate) use sessions::open;
pub(crate) use sign_in::{Renewal, Tokens, confirmed, hash, lock_out, renew, revoke as revoke_tokens};
pub(crate) use tokens::insert as insert_token;

use crate::Error;
use limit::Limiter;
use password::Passwords;

/// Somebody who has shown who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Their rights.
    pub caller: Caller,
    /// What pages call them.
    pub name: String,
    /// The session in use; none for a token.
    pub session: Option<Id<Session>>,
}

/// Tries in a quarter of an hour from one network, or mails to one address.
const TRIES: usize = 5;
/// Tries in that time from all networks around one.
const TRIES_OF_NEIGHBOURS: usize = 50;
/// Tries in that time at one account, from wherever: so many that nobody keeps its holder out with a few wrong words,
/// so few that guessing gets nowhere.
const TRIES_AT_AN_ACCOUNT: usize = 50;

/// What stands between a guess and an account.
pub(crate) struct Door {
    pub(crate) passwords: Passwords,
    tries: Mutex<Limiter>,
    requests: Mutex<Limiter>,
}

impl Door {
    pub(crate) fn new(cost: Cost) -> Self {
        Self { passwords: Passwords::new(cost), tries: Mutex::default(), requests: Mutex::default() }
    }

    /// Counts a try at a password before it is made, so that tries at once cannot outrun the limit.
    pub(crate) fn try_once(&self, who: &Who, now: Timestamp) -> Result<(), Error> {
        take(&self.tries, who.keys(TRIES_AT_AN_ACCOUNT), now)
    }

    /// The try was good: the account's are forgiven, the network has one less.
    pub(crate) fn succeeded(&self, who: &Who) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.clear(&who.account);
        tries.give_back(&who.network);
        tries.give_back(&who.wider);
    }

    /// Counts a wish for mail.
    pub(crate) fn ask_once(&self, who: &Who, now: Timestamp) -> Result<(), Error> {
        take(&self.requests, who.keys(TRIES), now)
    }
}

fn take(limiter: &Mutex<Limiter>, keys: [(&str, usize); 3], now: Timestamp) -> Result<(), Error> {
    let mut limiter = limiter.lock().unwrap_or_else(PoisonError::into_inner);
    limiter
        .take(&keys, now)
        .map_err(|wait_s| Error::Busy("That was tried too often. Please wait some minutes and try again.", wait_s))
}

/// Under which names tries are counted.
pub(crate) struct Who {
    account: String,
    network: String,
    wider: String,
}

impl Who {
    pub(crate) fn new(email: &str, address: &str) -> Self {
        Self {
            account: format!("account {email}"),
            network: format!("network {}", network(address)),
            wider: format!("wider {}", limit::wider(address)),
        }
    }

    fn keys(&self, of_account: usize) -> [(&str, usize); 3] {
        [(&self.account, of_account), (&self.network, TRIES), (&self.wider, TRIES_OF_NEIGHBOURS)]
    }
}

/// Refuses a token where only the person will do.
pub(crate) fn in_person(caller: &Caller) -> Result<(), Error> {
    if caller.scopes.is_none() {
        return Ok(());
    }
    Err(Error::Denied("A token cannot do that; sign in with a browser."))
}

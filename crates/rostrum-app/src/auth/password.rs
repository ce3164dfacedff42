//! Password hashes: argon2id in PHC form, a bounded number at a time, away from the async threads.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, CustomizedPasswordHasher as _, Params, PasswordVerifier as _, Version};
use rostrum_domain::Secret;
use tokio::sync::Semaphore;

use crate::Error;

/// Hashes at once; each takes the memory of [`Cost`].
const AT_ONCE: usize = 2;
/// Callers that may wait for their turn; more are sent away.
const WAITING: usize = 32;

/// What one hash costs, and so every guess at a password. The default is OWASP's first choice for argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for Cost {
    fn default() -> Self {
        Self { memory_kib: 46 * 1024, passes: 1 }
    }
}

impl Cost {
    fn params(self) -> Result<Params, Error> {
        Params::new(self.memory_kib, self.passes, 1, None).map_err(|error| Error::internal(error.to_string()))
    }
}

/// How a password compares with a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is another.
    Wrong,
    /// It is this one.
    Good,
    /// It is this one, hashed at a cost that is no longer ours: hash it anew.
    GoodButOutdated,
}

pub(crate) struct Passwords {
    cost: Cost,
    turns: Arc<Semaphore>,
    seats: Semaphore,
}

impl Passwords {
    pub(crate) fn new(cost: Cost) -> Self {
        Self { cost, turns: Arc::new(Semaphore::new(AT_ONCE)), seats: Semaphore::new(AT_ONCE + WAITING) }
    }

    /// The PHC text of a password; `salt` must be fresh.
    pub(crate) async fn hash(&self, password: &Secret<String>, salt: [u8; 16]) -> Result<Secret<String>, Error> {
        let (password, params) = (password.clone(), self.cost.params()?);
        self.work(move || hash(&password, &salt, params)).await?
    }

    /// Compares; costs the same where there is no hash, so that time does not tell which accounts exist.
    pub(crate) async fn check(
        &self,
        password: &Secret<String>,
        known: Option<&Secret<String>>,
    ) -> Result<Verdict, Error> {
        let (password, params, known) = (password.clone(), self.cost.params()?, known.cloned());
        self.work(move || match known {
            Some(known) => verify(&password, &known, &params),
            None => hash(&password, &[0; 16], params).map(|_| Verdict::Wrong),
        })
        .await?
    }

    async fn work<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let busy = |_| Error::Busy("Many people are signing in at this moment. Please try again.", 5);
        let _seat = self.seats.try_acquire().map_err(busy)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(Error::internal)?;
        // The turn moves along: a caller who goes away does not stop the thread, nor let another start beside it.
        let done = tokio::task::spawn_blocking(move || {
            let result = job();
            drop(turn);
            result
        });
        done.await.map_err(Error::internal)
    }
}

fn hash(password: &Secret<String>, salt: &[u8], params: Params) -> Result<Secret<String>, Error> {
    let made = Argon2::default()
        .hash_password_with_params(password.reveal().as_bytes(), salt, params)
        .map_err(|error| Error::internal(error.to_string()))?;
    Ok(Secret::new(made.to_string()))
}

fn verify(password: &Secret<String>, known: &Secret<String>, ours: &Params) -> Result<Verdict, Error> {
    let known = PasswordHash::new(known.reveal()).map_err(|error| Error::internal(error.to_string()))?;
    if Argon2::default().verify_password(password.reveal().as_bytes(), &known).is_err() {
        return Ok(Verdict::Wrong);
    }
    let theirs = Params::try_from(&known).map_err(|error| Error::internal(error.to_string()))?;
    let same_kind = known.algorithm == Algorithm::Argon2id.ident() && known.version == Some(Version::V0x13 as u32);
    let cost = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
    Ok(if same_kind && cost(&theirs) == cost(ours) { Verdict::Good } else { Verdict::GoodButOutdated })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory_kib: 8, passes: 1 };

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_hash_knows_its_password_and_its_cost() {
        let passwords = Passwords::new(CHEAP);
        let known = passwords.hash(&secret("correct horse"), [1; 16]).await.expect("it hashes");
        assert!(known.reveal().starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{}", known.reveal());
        let check =
            async |with: &Passwords, text: &str| with.check(&secret(text), Some(&known)).await.expect("it runs");
        assert_eq!(check(&passwords, "correct horse").await, Verdict::Good);
        assert_eq!(check(&passwords, "Correct horse").await, Verdict::Wrong);
        let dearer = Passwords::new(Cost { memory_kib: 16, passes: 2 });
        assert_eq!(check(&dearer, "correct horse").await, Verdict::GoodButOutdated);
        assert_eq!(dearer.check(&secret("x"), None).await.expect("it runs"), Verdict::Wrong);
    }

    #[tokio::test]
    async fn no_more_than_two_work_and_no_more_than_a_few_wait() {
        let passwords = Passwords::new(CHEAP);
        let all = passwords.turns.acquire_many(2).await.expect("it is open");
        let password = secret("x");
        let many = futures_util::future::join_all((0..40).map(|_| passwords.check(&password, None)));
        let release = async {
            tokio::task::yield_now().await;
            drop(all);
        };
        let (answers, ()) = tokio::join!(many, release);
        let busy = answers.iter().filter(|answer| matches!(answer, Err(Error::Busy(..)))).count();
        assert_eq!((busy, answers.len() - busy), (6, 34));
    }

    #[test]
    fn the_default_is_what_owasp_asks_for() {
        assert_eq!(Cost::default(), Cost { memory_kib: 47_104, passes: 1 });
    }
}

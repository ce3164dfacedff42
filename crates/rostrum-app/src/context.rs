//! What every use-case works with: the stores, the clock, chance, and the site's settings.

use std::path::PathBuf;
use std::sync::Arc;

use rostrum_codec::Client as Codec;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::show::Show;
use rostrum_domain::{Clock, Id, Ids, Timestamp};
use rostrum_fetch::Fetcher;
use rostrum_store::media::MediaStore;
use rostrum_store::{Store, Tx, failpoint, member, show};
use rostrum_words::Lang;
use url::Url;

use crate::Error;
use crate::auth::{Cost, Door};
use crate::encode::Turns;
use crate::feeds::Shelf;
use crate::mail::Mailer;
use crate::rooms::{Desk, Keyed};
use crate::stage::{self, Stage};
use crate::uploads::Seats;
use crate::waves::Waves;

/// Limits an operator sets on what people may store.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Largest single upload, in bytes.
    pub upload_bytes_max: u64,
    /// Bytes all files of one show may take together.
    pub show_bytes_max: u64,
    /// Bytes that must stay free on the data folder's disk.
    pub disk_reserve_bytes: u64,
    /// Days for which a replaced file is still served: feeds delivered before lead to it.
    pub retired_days: u32,
}

/// What an [`App`] is made of.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The media store.
    pub media: MediaStore,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub ids: Arc<dyn Ids>,
    /// The way to the sandboxed decoder.
    pub codec: Codec,
    /// The one client for other people's servers.
    pub fetcher: Fetcher,
    /// A local folder for files under way.
    pub scratch: PathBuf,
    /// The site's own address, as listeners type it.
    pub public_url: Url,
    /// The language of letters to people whose own is not known.
    pub language: Lang,
    /// What people may store.
    pub limits: Limits,
    /// What a guess at a password costs.
    pub password_cost: Cost,
    /// The way to send mail, where a server is configured.
    pub mailer: Option<Mailer>,
    /// The way to the stage, where live rooms are run.
    pub stage: Option<Stage>,
    /// Tells the worker that there is something to do; must not block.
    pub wake: Arc<dyn Fn() + Send + Sync>,
}

/// The context of every use-case; one a process.
pub struct App {
    parts: Parts,
    shelf: Shelf,
    seats: Seats,
    waves: Waves,
    door: Door,
    desk: Desk,
    keyed: Keyed,
    turns: Turns,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        let door = Door::new(parts.password_cost);
        Self {
            parts,
            shelf: Shelf::default(),
            seats: Seats::default(),
            waves: Waves::default(),
            door,
            desk: Desk::default(),
            keyed: Keyed::default(),
            turns: Turns::default(),
        }
    }

    /// Who may try a password now.
    pub(crate) const fn door(&self) -> &Door {
        &self.door
    }

    /// Who encodes what.
    pub(crate) const fn turns(&self) -> &Turns {
        &self.turns
    }

    /// The stage, or why there is none.
    pub(crate) fn stage(&self) -> Result<&Stage, Error> {
        self.parts.stage.as_ref().ok_or_else(stage::away)
    }

    /// Who wrote in a room lately.
    pub(crate) const fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Lines of chat whose writers gave them a key.
    pub(crate) const fn keyed(&self) -> &Keyed {
        &self.keyed
    }

    /// Small waveforms.
    pub(crate) const fn waves(&self) -> &Waves {
        &self.waves
    }

    /// Written feeds.
    pub(crate) const fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// Who is writing which upload.
    pub(crate) const fn seats(&self) -> &Seats {
        &self.seats
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A fresh id for something made at `now`.
    pub fn id<T>(&self, now: Timestamp) -> Id<T> {
        Id::new(now, self.ids.as_ref())
    }

    /// The absolute address of a path on this site.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.as_str().trim_end_matches('/'))
    }

    /// The worker's own part of the folder for files under way; what is in it belongs to jobs that run now.
    pub(crate) fn workbench(&self) -> std::io::Result<PathBuf> {
        let folder = self.scratch.join("work");
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// Tells the worker that a job is waiting.
    pub fn wake_worker(&self) {
        failpoint::reach("before the poke");
        (self.wake)();
        failpoint::reach("after the poke");
    }
}

/// The show called `name` (slug or id), if `caller` may do `action` in it. Who may not even view it learns nothing.
pub(crate) async fn show_for(tx: &mut Tx, caller: &Caller, action: Action, name: &str) -> Result<Show, Error> {
    let found = show::find(tx, name).await?.ok_or(Error::Missing("show"))?;
    let membership = member::get(tx, found.id, caller.user_id).await?;
    if caller.may(action, membership) {
        return Ok(found);
    }
    if caller.may(Action::ViewShow, membership) {
        return Err(Error::Denied("Your role in this show does not allow that; ask one of its managers."));
    }
    Err(Error::Missing("show"))
}

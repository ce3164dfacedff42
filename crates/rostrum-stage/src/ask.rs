//! What the desk asks of the shard that owns a room; each question carries the way back for its answer.

use rostrum_domain::Id;
use rostrum_domain::room::Room;
use rostrum_live::event::Who;
use rostrum_live::grant::Claims;
use rostrum_live::room::Control;
use rostrum_wire::link::Refused;
use rostrum_wire::stage::{Joined, Open, Standing, Told, Way};
use tokio::sync::oneshot;

use crate::encoder::{Coming, Fed};

/// The way back.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, Refused>>;

/// A question.
#[derive(Debug)]
pub(crate) enum Ask {
    Open(Open, Reply<Standing>),
    Control(Id<Room>, Control, Reply<()>),
    Told(Id<Room>, Told, Reply<()>),
    Join(Box<Join>, Reply<(Joined, String)>),
    Leave(String, Reply<()>),
    Source(Box<Coming>, Reply<Joined>),
    Feed(Fed, Reply<()>),
    Playing(Id<Room>, Who, String, Reply<()>),
    Forget(Id<Room>, Reply<()>),
}

/// Somebody who wants to be connected; the grant has been checked.
#[derive(Debug)]
pub(crate) struct Join {
    pub(crate) claims: Claims,
    pub(crate) way: Way,
    pub(crate) offer: String,
    /// What the connection will be called; drawn by the desk.
    pub(crate) session: String,
}

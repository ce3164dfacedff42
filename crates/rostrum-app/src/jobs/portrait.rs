//! Fetches the picture of a person, has it drawn anew in the sandboxed child, small and square, and keeps that.

use bytes::Bytes;
use rostrum_codec::{ArtworkRequest, Fit};
use rostrum_domain::Id;
use rostrum_domain::asset::AssetKind;
use rostrum_domain::episode::Episode;
use rostrum_domain::job::ATTEMPTS_MAX;
use rostrum_domain::show::Show;
use rostrum_fetch::Request;
use rostrum_store::portrait::{self, Place};
use rostrum_store::{Tx, asset, show};

use super::{Failed, For, Handle, Work, enqueue as put};
use crate::files::New;
use crate::{App, Error, artwork, portraits};

/// Largest picture fetched, in bytes.
const BYTES_MAX: u64 = 8 << 20;
/// Smallest side that is taken and largest that is kept, in pixels; pages show 40.
const SIDE_PX: (u32, u32) = (40, 240);
/// Largest picture kept, in bytes.
const KEPT_BYTES_MAX: usize = 40_000;

/// The picture to fetch, and for whom.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Fetch {
    show: Id<Show>,
    url: String,
}

/// Queues the fetching of a picture that a show or one of its episodes names.
pub async fn enqueue(app: &App, tx: &mut Tx, whose: (Id<Show>, Option<Id<Episode>>), url: &str) -> Result<(), Error> {
    let whom = For { show: Some(whose.0), episode: whose.1, delay_s: 0 };
    put(app, tx, &Fetch { show: whose.0, url: url.to_owned() }, whom).await?;
    Ok(())
}

/// Why there is no picture.
enum Lack {
    /// It may come another time.
    Yet(String),
    /// It will not, unless somebody changes something; a sentence for a person.
    Final(String),
}

impl Work for Fetch {
    const KIND: &'static str = "portrait";
    const PRIORITY: i64 = 0;

    async fn run(self, app: &App, handle: &Handle) -> Result<(), Failed> {
        let Some(show) = show::get(&mut app.store.read().await?, self.show).await? else {
            return handle.commit(app, app.store.write().await?).await;
        };
        let why = match self.draw(app).await? {
            Ok(jpeg) => return self.keep(app, handle, (&show, jpeg)).await,
            Err(Lack::Yet(why)) if handle.attempt() < ATTEMPTS_MAX => return Err(Failed::Again(Error::internal(why))),
            Err(Lack::Yet(why) | Lack::Final(why)) => why,
        };
        let mut tx = app.store.write().await?;
        portrait::settle(&mut tx, self.place(), Err(&why), app.now()).await?;
        handle.commit(app, tx).await
    }
}

impl Fetch {
    fn place(&self) -> Place<'_> {
        Place { show: self.show, url: &self.url }
    }

    async fn draw(&self, app: &App) -> Result<Result<Bytes, Lack>, Failed> {
        let mut request = Request::new(&self.url);
        (request.bytes_max, request.accept) = (BYTES_MAX, "image/jpeg, image/png, image/webp");
        let answer = match app.fetcher.get(&request).await {
            Ok(answer) => answer,
            Err(error) if error.is_temporary() => return Ok(Err(Lack::Yet(error.to_string()))),
            Err(error) => return Ok(Err(Lack::Final(error.to_string()))),
        };
        let request = ArtworkRequest { fit: Fit::Crop, side_px: SIDE_PX, bytes_max: KEPT_BYTES_MAX };
        match artwork::draw(app, answer.bytes, request).await {
            Ok(drawn) => Ok(Ok(drawn.jpeg.into())),
            Err(Error::Invalid(problems)) => {
                let why: Vec<String> = problems.0.into_iter().map(|problem| problem.message).collect();
                Ok(Err(Lack::Final(why.join(" "))))
            }
            Err(other) => Err(other.into()),
        }
    }

    async fn keep(&self, app: &App, handle: &Handle, what: (&Show, Bytes)) -> Result<(), Failed> {
        let (show, jpeg) = what;
        let (kind, file_name) = (AssetKind::Portrait, portraits::FILE_NAME.to_owned());
        let file = New { show, episode: None, kind, file_name }.put(app, jpeg).await?;
        let mut tx = app.store.write().await?;
        let before = portrait::get(&mut tx, self.place()).await?.and_then(|known| known.asset_id);
        asset::insert(&mut tx, &file).await?;
        portrait::settle(&mut tx, self.place(), Ok(file.id), app.now()).await?;
        if let Some(old) = before {
            asset::retire_one(&mut tx, old, app.now()).await?;
        }
        handle.commit(app, tx).await
    }
}

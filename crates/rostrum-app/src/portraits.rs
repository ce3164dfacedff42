//! Pictures of people who take part. Facts name them at other people's servers; pages and feeds show copies of ours,
//! which a job fetches. Until there is one, letters stand in.

use rostrum_domain::credit::Credit;
use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_domain::{Id, Timestamp};
use rostrum_store::Tx;
use rostrum_store::portrait::{self, Place, Portrait};

use crate::{App, Error, jobs};

/// The name pictures of people are served under.
pub const FILE_NAME: &str = "portrait.jpg";

/// What is known of the pictures of a show's people.
#[derive(Debug, Clone, Default)]
pub struct Portraits(Vec<Portrait>);

impl Portraits {
    fn of(&self, credit: &Credit) -> Option<&Portrait> {
        let url = credit.image.as_deref()?;
        self.0.iter().find(|portrait| portrait.url == url)
    }

    /// The path of somebody's picture, once it is here.
    pub fn path(&self, credit: &Credit) -> Option<String> {
        self.of(credit)?.asset_id.map(|id| format!("/media/{id}/{FILE_NAME}"))
    }

    /// Why somebody's picture is not here, for a person.
    pub fn error(&self, credit: &Credit) -> Option<&str> {
        self.of(credit)?.error.as_deref()
    }

    /// The credits with the pictures that are here at their address here.
    pub(crate) fn hosted(&self, app: &App, credits: &[Credit]) -> Vec<Credit> {
        let hosted = |credit: &Credit| {
            let here = self.path(credit).map(|path| app.address(&path));
            Credit { image: here.or_else(|| credit.image.clone()), ..credit.clone() }
        };
        credits.iter().map(hosted).collect()
    }
}

/// The pictures of a show's people.
pub async fn of_show(app: &App, show: Id<Show>) -> Result<Portraits, Error> {
    read(&mut app.store.read().await?, show).await
}

pub(crate) async fn read(tx: &mut Tx, show: Id<Show>) -> Result<Portraits, Error> {
    Ok(Portraits(portrait::of_show(tx, show).await?))
}

/// When a show last got a picture; none for never.
pub(crate) async fn changed_at(tx: &mut Tx, show: Id<Show>) -> Result<Option<Timestamp>, Error> {
    let micros = portrait::changed_us(tx, show).await?;
    Ok(Timestamp::from_microsecond(micros).ok().filter(|_| micros > 0))
}

/// Queues the pictures that these people lack; one that could not be had is tried again.
pub(crate) async fn want(
    app: &App,
    tx: &mut Tx,
    whose: (Id<Show>, Option<Id<Episode>>),
    credits: &[Credit],
) -> Result<(), Error> {
    let (show, episode) = whose;
    for url in credits.iter().filter_map(|credit| credit.image.as_deref()) {
        if portrait::want(tx, Place { show, url }, app.now()).await? {
            jobs::portrait::enqueue(app, tx, (show, episode), url).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rostrum_domain::episode::EpisodeFacts;
    use rostrum_domain::user::Role;

    use super::*;
    use crate::testing::{House, facts, work};
    use crate::{episodes, shows};

    fn credit(image: &str) -> Credit {
        let word = |text: &str| text.to_owned();
        Credit { name: word("Ada"), role: word("host"), group: word("cast"), href: None, image: Some(word(image)) }
    }

    #[tokio::test]
    async fn an_address_in_a_private_network_says_so_and_is_tried_again_when_saved() {
        let house = House::new().await;
        let app = &*house.app;
        let ada = house.person("Ada", Role::Creator).await;
        let inside = credit("http://127.0.0.1:9/ada.png");
        let with_face = rostrum_domain::show::ShowFacts { persons: vec![inside.clone()], ..facts("Talk") };
        let show = shows::create(app, &ada, with_face).await.expect("creators may");
        assert_eq!(of_show(app, show.id).await.expect("it reads").error(&inside), None, "nobody has looked yet");
        assert_eq!(work(app).await, 1);
        let known = of_show(app, show.id).await.expect("it reads");
        assert!(known.error(&inside).is_some_and(|why| why.contains("itself")), "{known:?}");
        assert_eq!(
            (known.path(&inside), known.hosted(app, std::slice::from_ref(&inside))),
            (None, vec![inside.clone()])
        );
        let episode = EpisodeFacts { title: "One".into(), persons: vec![inside.clone()], ..EpisodeFacts::default() };
        episodes::create(app, &ada, "talk", episode).await.expect("managers may");
        assert_eq!(work(app).await, 1, "it is tried once more");
    }
}

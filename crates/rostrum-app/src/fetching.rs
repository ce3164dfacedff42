//! Every way by which an address that a person names is fetched, driven through the hostile ones: none is ever dialled.

use rostrum_codec::Fit;
use rostrum_domain::credit::Credit;
use rostrum_domain::show::ShowFacts;
use rostrum_fetch::corpus::{Recorder, hostile, rules};
use rostrum_fetch::{Fetcher, Policy};

use crate::testing::{House, Talk, facts, work};
use crate::{Error, artwork, portraits, shows};

#[tokio::test]
async fn no_entry_leads_into_a_private_network() {
    let net = Recorder::answering(["127.0.0.1".parse().expect("it is an address")]);
    let fetcher = Fetcher::on(Policy { rules: rules(), ..Policy::default() }, net.clone());
    let house = House::with(|parts| parts.fetcher = fetcher).await;
    let app = &*house.app;
    let Talk { ada, episode, .. } = house.talk().await;
    let mut fetched = 0;
    for case in hostile() {
        let of_show = artwork::fetch(app, &ada, "talk", (case.url, Fit::Crop)).await;
        assert!(matches!(of_show, Err(Error::Invalid(_))), "{}: {of_show:?}", case.url);
        let of_episode = artwork::fetch_of_episode(app, &ada, episode.id, (case.url, Fit::Crop)).await;
        assert!(matches!(of_episode, Err(Error::Invalid(_))), "{}: {of_episode:?}", case.url);
        let (name, role, group) = ("Ada".into(), "host".into(), "cast".into());
        let person = Credit { name, role, group, href: None, image: Some(case.url.into()) };
        let pictured = ShowFacts { persons: vec![person.clone()], ..facts("Talk") };
        // What is no web address at all is refused before.
        let Ok(show) =
            shows::update(app, &ada, "talk", shows::Change { facts: pictured, slug: None, version: None }).await
        else {
            continue;
        };
        fetched += work(app).await;
        let known = portraits::of_show(app, show.id).await.expect("it reads");
        assert!(known.error(&person).is_some() && known.path(&person).is_none(), "{}: {known:?}", case.url);
    }
    assert!(fetched > 20, "most are addresses a person could name, not {fetched}");
    assert_eq!(net.dialled(), []);
}

//! Chapters that an uploaded file brought along: offered to who edits the episode, never put in the place of others.

use rostrum_domain::access::{Action, Caller};
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::chapter::{Chapter, check_chapters};
use rostrum_domain::edit::Edit;
use rostrum_domain::episode::{Episode, EpisodeFacts};
use rostrum_domain::{Id, Problems};
use rostrum_store::Tx;
use rostrum_store::finding::{self, Finding};

use crate::episodes::{self, Change};
use crate::{App, Error, edits};

/// What was found in an episode's source: chapters that it could take over, none when it has some already, and what its
/// maker should know of the sound.
pub(crate) async fn found(tx: &mut Tx, episode: &Episode, files: &[Asset]) -> Result<Finding, Error> {
    let Some(source) = files.iter().find(|file| file.kind == AssetKind::Source) else { return Ok(Finding::default()) };
    let mut found = finding::get(tx, source.id).await?;
    if !episode.facts.chapters.is_empty() {
        found.chapters.clear();
    }
    let trim = edits::trim_of(tx, episode.id).await?;
    if let Some(whole_ms) = edits::whole_ms(files, trim).filter(|_| !trim.is_none()) {
        let mut facts = EpisodeFacts { chapters: found.chapters, ..EpisodeFacts::default() };
        Edit::default().moved(&mut facts, (trim, whole_ms));
        found.chapters = facts.chapters;
    }
    Ok(found)
}

/// Gives an episode without chapters those of its source.
pub async fn adopt(app: &App, caller: &Caller, id: Id<Episode>) -> Result<Episode, Error> {
    episodes::guarded(&mut app.store.read().await?, caller, Action::EditEpisodes, id).await?;
    let detail = episodes::get(app, caller, id).await?;
    let (mut facts, version) = (detail.episode.facts.clone(), detail.episode.version);
    if !facts.chapters.is_empty() {
        let text = "This episode has chapters already; remove them first to use those of the file.";
        return Err(Error::Conflict(text.into()));
    }
    facts.chapters = detail.file_chapters;
    if facts.chapters.is_empty() {
        return Err(Error::Conflict("The uploaded file holds no chapters.".into()));
    }
    // The version keeps out whoever writes chapters at this moment.
    episodes::update(app, caller, id, Change { facts, slug: None, version: Some(version) }).await
}

/// What of a file's chapters an episode could have: in order, with titles, within its sound.
pub(crate) fn usable(found: Vec<Chapter>, duration_ms: i64) -> Vec<Chapter> {
    let mut kept: Vec<Chapter> = Vec::new();
    for chapter in found {
        let later = kept.last().is_none_or(|last| last.start_ms < chapter.start_ms);
        if later && (0..duration_ms).contains(&chapter.start_ms) && !chapter.title.trim().is_empty() {
            let title = chapter.title.trim().chars().take(256).collect();
            kept.push(Chapter { title, ..chapter });
        }
    }
    let mut problems = Problems::default();
    check_chapters(&mut problems, &kept);
    if problems.0.is_empty() { kept } else { Vec::new() }
}

/// Keeps what was found in a source.
pub(crate) async fn note(tx: &mut Tx, source: Id<Asset>, found: &Finding) -> Result<(), Error> {
    if *found == Finding::default() {
        return Ok(());
    }
    Ok(finding::put(tx, source, found).await?)
}

#[cfg(test)]
mod tests {
    use rostrum_store::asset;

    use super::*;
    use crate::files::New;
    use crate::testing::{House, Talk};

    fn chapter(start_ms: i64, title: &str) -> Chapter {
        Chapter { start_ms, title: title.into(), url: None, image: None, hidden: false }
    }

    #[test]
    fn chapters_of_files_are_put_in_order() {
        let found = vec![chapter(0, " A "), chapter(5, ""), chapter(9, "B"), chapter(9, "C"), chapter(99, "D")];
        assert_eq!(usable(found, 60), [chapter(0, "A"), chapter(9, "B")]);
    }

    #[tokio::test]
    async fn a_file_s_chapters_never_replace_what_a_person_wrote() {
        let house = House::new().await;
        let app = &*house.app;
        let Talk { ada, show, episode } = house.talk().await;
        assert!(matches!(adopt(app, &ada, episode.id).await, Err(Error::Conflict(_))), "there is no file");

        let source = New::of_episode((&show, &episode), AssetKind::Source);
        let source = source.put(app, bytes::Bytes::from_static(b"x")).await.expect("it is stored");
        let mut tx = app.store.write().await.expect("a transaction begins");
        asset::insert(&mut tx, &source).await.expect("it is new");
        let warnings = vec!["Only the left channel has sound; it will be heard on both sides.".to_owned()];
        let found = Finding { chapters: vec![chapter(0, "A"), chapter(9, "B")], warnings: warnings.clone() };
        note(&mut tx, source.id, &found).await.expect("it is noted");
        tx.commit().await.expect("it commits");

        let detail = episodes::get(app, &ada, episode.id).await.expect("it is there");
        assert_eq!(detail.file_chapters.len(), 2);
        let adopted = adopt(app, &ada, episode.id).await.expect("it has none yet");
        assert_eq!(adopted.facts.chapters[1], chapter(9, "B"));
        let detail = episodes::get(app, &ada, episode.id).await.expect("it is there");
        assert_eq!((detail.file_chapters, detail.warnings), (vec![], warnings), "what is odd about it stays odd");
        assert!(matches!(adopt(app, &ada, episode.id).await, Err(Error::Conflict(_))));
    }
}

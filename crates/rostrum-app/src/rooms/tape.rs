//! A room's journal in the media store: taken over from the stage once, read from there ever after.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use rostrum_domain::Id;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::room::Room;
use rostrum_domain::show::Show;
use rostrum_media::journal::{Item, Reader, Record};
use rostrum_store::media::LocalCopy;

use super::finish::files;
use crate::files::New;
use crate::{App, Error};

/// Bytes of a segment read at once.
const STEP: usize = 1 << 20;

/// The segments of an episode's journal among its files, in order.
pub(crate) fn of(files: &[Asset]) -> Vec<Asset> {
    let mut segments: Vec<Asset> = files.iter().filter(|file| file.kind == AssetKind::Journal).cloned().collect();
    segments.sort_by(|one, other| one.file_name.cmp(&other.file_name));
    segments
}

/// Takes the segments over from the stage; their records are the caller's to insert. Keys follow from the episode, so
/// that a second try makes no second file.
pub(crate) async fn take_over(app: &App, of: (&Show, &Episode), room: Id<Room>) -> Result<Vec<Asset>, Error> {
    let mut taken = Vec::new();
    for file in app.stage()?.journal(room).await? {
        let file_name = file.name.rsplit_once('/').map_or(file.name.as_str(), |(_, name)| name).to_owned();
        let key = format!("{}/{}/journal-{file_name}", of.0.id, of.1.id);
        files::taken(app, (room, &file), &key).await?;
        let stored = app.media.stored(&key).await?;
        let new = New { show: of.0, episode: Some(of.1), kind: AssetKind::Journal, file_name };
        taken.push(new.at(app, key, stored)?);
    }
    Ok(taken)
}

/// The segments as files that can be read here; copies go away with the values.
pub(crate) async fn local(app: &App, segments: &[Asset]) -> Result<Vec<LocalCopy>, Error> {
    let mut copies = Vec::with_capacity(segments.len());
    for segment in segments {
        copies.push(app.media.local(&segment.key, &app.scratch).await?);
    }
    Ok(copies)
}

/// The paths of local segments.
pub(crate) fn paths(copies: &[LocalCopy]) -> Vec<PathBuf> {
    copies.iter().map(|copy| copy.path().to_owned()).collect()
}

/// Hands over every record that is sound, in order; blocks.
pub(crate) fn read(paths: &[PathBuf], each: &mut impl FnMut(&Record) -> Result<(), Error>) -> Result<(), Error> {
    for path in paths {
        let (mut file, mut reader, mut bytes) = (File::open(path)?, Reader::new(), vec![0; STEP]);
        loop {
            let read = file.read(&mut bytes)?;
            reader.push(&bytes[..read]);
            if read == 0 {
                reader.close();
            }
            for item in &mut reader {
                if let Item::Record(record) = item {
                    each(&record)?;
                }
            }
            if read == 0 {
                break;
            }
        }
    }
    Ok(())
}

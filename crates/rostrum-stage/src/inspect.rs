//! A room's files read to the end without changing anything: the journal's segments, every rendition against its index,
//! the events. What is to be done about damage is said elsewhere.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use rostrum_domain::Id;
use rostrum_domain::room::Room;
use rostrum_live::check::{Check, Outcome};
use rostrum_media::journal::Reader;
use rostrum_media::program::{Rendition, check, events};

use crate::answers::ROOM_FILE;
use crate::journal::Folder;
use crate::press::{EVENTS_FILE, SUMMARY_FILE, Summary};

/// Bytes of a segment read at once.
const STEP: usize = 1 << 20;

/// What was read of one room, and what is to be told.
#[derive(Debug)]
pub struct Inspected {
    /// Which room.
    pub room: Id<Room>,
    /// Its journal.
    pub journal: Outcome,
    /// Chunks that are sound in every rendition.
    pub chunks: u64,
    /// What is lost or wrong, one sentence each.
    pub damage: Vec<String>,
    /// What is only worth knowing.
    pub notes: Vec<String>,
}

/// Reads every room under `live`, in the order of their ids. A folder that is not there holds none.
///
/// # Errors
/// The folder cannot be listed; what cannot be read inside it is damage of its room.
pub fn inspect(live: &Path) -> io::Result<Vec<Inspected>> {
    let mut rooms = Vec::new();
    let entries = match std::fs::read_dir(live) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(rooms),
        entries => entries?,
    };
    for entry in entries {
        let folder = entry?.path();
        let room = folder.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
        if let Some(room) = room.filter(|_| folder.join(ROOM_FILE).exists()) {
            rooms.push(one(room, &folder));
        }
    }
    rooms.sort_by_key(|inspected| inspected.room);
    Ok(rooms)
}

fn one(room: Id<Room>, folder: &Path) -> Inspected {
    let program = folder.join("program");
    let ended = program.join(SUMMARY_FILE).exists();
    let mut damage = Vec::new();
    let journal = journal(room, &folder.join("journal"), ended).unwrap_or_else(|error| {
        damage.push(format!("the journal cannot be read: {error}"));
        Check::new(room).finish(false)
    });
    let mut inspected = Inspected { room, journal, chunks: 0, damage, notes: Vec::new() };
    for finding in inspected.journal.findings.clone() {
        inspected.tell(finding.is_damage(), finding.to_string());
    }
    if program.exists() {
        inspected.program(&program, ended);
    }
    inspected
}

fn journal(room: Id<Room>, folder: &Path, ended: bool) -> io::Result<Outcome> {
    let mut check = Check::new(room);
    for (number, path) in Folder::new(folder.to_owned()).segments()? {
        check.segment(number);
        segment(File::open(path)?, &mut check)?;
    }
    Ok(check.finish(ended))
}

fn segment(mut file: impl Read, check: &mut Check) -> io::Result<()> {
    let (mut reader, mut bytes) = (Reader::new(), vec![0; STEP]);
    loop {
        let read = file.read(&mut bytes)?;
        if read == 0 {
            reader.close();
        }
        reader.push(&bytes[..read]);
        (&mut reader).for_each(|item| check.item(&item));
        if read == 0 {
            return Ok(());
        }
    }
}

impl Inspected {
    fn tell(&mut self, is_damage: bool, text: String) {
        if is_damage { &mut self.damage } else { &mut self.notes }.push(text);
    }

    fn program(&mut self, folder: &Path, ended: bool) {
        let mut chunks = Vec::new();
        for rendition in Rendition::ALL {
            match rendition_of(folder, rendition) {
                Ok((sound, findings)) => {
                    chunks.push(sound);
                    for finding in findings {
                        // What is cut short while the room goes on is being written at this moment.
                        let is_damage = finding.is_damage() && (ended || !matches!(finding, check::Finding::Short(_)));
                        self.tell(is_damage, format!("{}: {finding}", rendition.file_name()));
                    }
                }
                Err(error) => self.damage.push(format!("{} cannot be read: {error}", rendition.file_name())),
            }
        }
        self.chunks = chunks.iter().copied().min().unwrap_or_default();
        if ended {
            self.whole(folder, &chunks);
        }
        match std::fs::read(folder.join(EVENTS_FILE)) {
            Ok(bytes) => self.events(&bytes),
            Err(error) => self.damage.push(format!("{EVENTS_FILE} cannot be read: {error}")),
        }
    }

    /// A program that has ended has as many chunks as its summary says, in every rendition.
    fn whole(&mut self, folder: &Path, chunks: &[u64]) {
        let summary = std::fs::read(folder.join(SUMMARY_FILE)).map_err(|error| error.to_string());
        let summary = summary.and_then(|text| serde_json::from_slice(&text).map_err(|error| error.to_string()));
        match summary {
            Ok(Summary { chunks: expected, .. }) => {
                if chunks.iter().any(|found| *found != expected) {
                    self.damage.push(format!("the program had {expected} chunks, and not all renditions have them"));
                }
            }
            Err(error) => self.damage.push(format!("{SUMMARY_FILE} cannot be read: {error}")),
        }
    }

    fn events(&mut self, bytes: &[u8]) {
        let damaged = events::read(bytes, 0).filter(|(_, event)| event.is_none()).count();
        if damaged > 0 {
            self.damage.push(format!("{EVENTS_FILE}: {damaged} lines have changed"));
        }
        let cut = bytes.len() - events::sound_bytes(bytes);
        if cut > 0 {
            self.notes.push(format!("{EVENTS_FILE}: the last {cut} bytes were being written"));
        }
    }
}

fn rendition_of(folder: &Path, rendition: Rendition) -> io::Result<(u64, Vec<check::Finding>)> {
    let path = folder.join(rendition.file_name());
    let index = std::fs::read(path.with_extension("index"))?;
    check::compare(rendition, &index, BufReader::with_capacity(STEP, File::open(path)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_room_is_passed_over_and_what_cannot_be_read_is_damage() {
        let live = tempfile::tempdir().unwrap();
        assert!(inspect(&live.path().join("none")).unwrap().is_empty());
        let room: Id<Room> = Id::from_bits(7);
        let folder = live.path().join(room.to_string());
        std::fs::create_dir_all(live.path().join("notes")).unwrap();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(ROOM_FILE), "{}").unwrap();
        let found = inspect(live.path()).unwrap();
        assert_eq!((found.len(), found[0].room), (1, room));
        assert!(found[0].damage[0].starts_with("the journal cannot be read"), "{found:?}");
    }
}

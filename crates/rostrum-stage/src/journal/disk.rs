//! The files a journal is written to, behind the three verbs that can fail.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

use crate::failpoint::reach;

/// Where segments go; a test puts one here that fails on purpose.
pub(crate) trait Disk: Send + 'static {
    /// One open segment.
    type Segment: Send;

    /// Makes segment `number`, which must not exist, durably known to its folder.
    fn create(&mut self, number: u32) -> io::Result<Self::Segment>;
    /// Removes segment `number`, into which nothing was written that is not written again.
    fn discard(&mut self, number: u32);
    /// Appends.
    fn write(&mut self, segment: &mut Self::Segment, bytes: &[u8]) -> io::Result<()>;
    /// Returns when everything appended is on the disk (fdatasync).
    fn sync(&mut self, segment: &mut Self::Segment) -> io::Result<()>;
}

/// A folder of segments `000001.journal`, `000002.journal`, …
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    fn segment(&self, number: u32) -> PathBuf {
        self.path.join(format!("{number:06}.journal"))
    }

    /// The numbers of the segments that are there, in order.
    pub(crate) fn segments(&self) -> io::Result<Vec<(u32, PathBuf)>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.path)? {
            let path = entry?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
            if let (Some(number), Some("journal")) = (stem, path.extension().and_then(|end| end.to_str())) {
                found.push((number, path));
            }
        }
        found.sort();
        Ok(found)
    }
}

impl Disk for Folder {
    type Segment = File;

    fn create(&mut self, number: u32) -> io::Result<File> {
        std::fs::create_dir_all(&self.path)?;
        let file = OpenOptions::new().append(true).create_new(true).open(self.segment(number))?;
        reach("journal: segment made");
        file.sync_all()?;
        File::open(&self.path)?.sync_all()?;
        reach("journal: segment known");
        Ok(file)
    }

    fn discard(&mut self, number: u32) {
        // One that stays has a head and nothing else; readers pass over it.
        std::fs::remove_file(self.segment(number)).ok();
    }

    fn write(&mut self, segment: &mut File, bytes: &[u8]) -> io::Result<()> {
        reach("journal: before a write");
        segment.write_all(bytes)?;
        reach("journal: after a write");
        Ok(())
    }

    fn sync(&mut self, segment: &mut File) -> io::Result<()> {
        segment.sync_data()?;
        reach("journal: after a sync");
        Ok(())
    }
}

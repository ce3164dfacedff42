//! A folder for one test: gone when the test passes, kept and named when it fails.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A temporary folder that outlives a failed test, so that its logs and screenshots can be read.
#[derive(Debug)]
pub struct Scratch(Option<TempDir>);

impl Scratch {
    /// Makes an empty folder whose name starts with `name`; short enough for unix sockets inside it.
    pub fn new(name: &str) -> Self {
        let folder = tempfile::Builder::new().prefix(&format!("{name}-")).tempdir();
        Self(Some(folder.expect("the temp folder can be written")))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.as_ref().expect("taken only by drop").path()
    }

    /// A path inside it.
    pub fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path().join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(folder) = self.0.take()
            && std::thread::panicking()
        {
            say(&format!("kept for a look: {}", folder.keep().display()));
        }
    }
}

/// Prints to the test's own output, where the runner shows it with the failure.
pub fn say(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Where the build writes; also home of the node and python packages of the tests.
pub(crate) fn target_folder() -> PathBuf {
    let binary = std::env::current_exe().expect("the system knows this program's path");
    let profile = binary.ancestors().find(|folder| folder.join("deps").is_dir());
    profile.and_then(Path::parent).expect("test binaries live in target/PROFILE/deps").to_path_buf()
}

/// A file of this package, such as a reader's script.
pub(crate) fn package_file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

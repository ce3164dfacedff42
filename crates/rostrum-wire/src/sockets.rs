//! The folder of unix sockets through which the roles of one machine meet, `run/` in the data folder.
//! A socket address holds at most 107 bytes of path, so a deep folder is reached through its open descriptor instead.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::{UnixListener, UnixStream};

/// Longest path `sockaddr_un` takes on Linux, its closing zero not counted (unix(7)).
const PATH_BYTES_MAX: usize = 107;

/// Why a role cannot be reached or cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// The folder for sockets cannot be made or used; its permissions need mending.
    #[error("the folder {} for sockets between the roles is not usable: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process already answers on this socket; it has to stop first.
    #[error("another process already listens on {}", .0.display())]
    InUse(PathBuf),
    /// Something that is no socket lies where the socket belongs; a person has to move it away.
    #[error("{} is in the way: it is not a socket; move it elsewhere", .0.display())]
    Occupied(PathBuf),
    /// Listening or connecting failed; a client may try again.
    #[error("socket {}: {source}", path.display())]
    Io {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The sockets of one data folder.
#[derive(Debug, Clone)]
pub struct Sockets {
    path: PathBuf,
    folder: Arc<File>,
}

impl Sockets {
    /// Opens `run/` in the data folder, made if need be and closed to other users (mode 0700).
    pub fn open(data: &Path) -> Result<Self, SocketError> {
        let path = data.join("run");
        private_folder(&path)
            .map(|folder| Self { path: path.clone(), folder: Arc::new(folder) })
            .map_err(|source| SocketError::Folder { path, source })
    }

    /// The socket on which web serves HTTP to the edges.
    pub fn web(&self) -> Socket {
        self.named("web.sock")
    }

    /// The socket on which the worker hears that there is work.
    pub fn worker(&self) -> Socket {
        self.named("worker.sock")
    }

    /// The socket on which web hears how far jobs are.
    pub fn progress(&self) -> Socket {
        self.named("progress.sock")
    }

    /// The socket on which the stage answers.
    pub fn stage(&self) -> Socket {
        self.named("stage.sock")
    }

    fn named(&self, name: &'static str) -> Socket {
        Socket { path: self.path.join(name), name, folder: Arc::clone(&self.folder) }
    }
}

fn private_folder(path: &Path) -> io::Result<File> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = fs::symlink_metadata(path)?;
    if !found.is_dir() {
        return Err(io::Error::new(ErrorKind::NotADirectory, "it is not a folder"));
    }
    if found.mode() & 0o077 != 0 {
        fs::set_permissions(path, Permissions::from_mode(0o700))?;
    }
    File::open(path)
}

/// One named socket: it listens on the side that serves and connects on the side that asks.
#[derive(Debug, Clone)]
pub struct Socket {
    path: PathBuf,
    name: &'static str,
    folder: Arc<File>,
}

impl Socket {
    /// The path as people know it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Listens, after clearing away a socket file that a dead process left behind. Needs a tokio runtime.
    pub fn listen(&self) -> Result<UnixListener, SocketError> {
        self.claim(UnixListener::bind)
    }

    /// Connects to whoever listens.
    pub async fn connect(&self) -> io::Result<UnixStream> {
        UnixStream::connect(self.address()).await
    }

    /// What `bind` and `connect` are given; valid while this value lives.
    pub(crate) fn address(&self) -> PathBuf {
        if self.path.as_os_str().len() <= PATH_BYTES_MAX {
            return self.path.clone();
        }
        PathBuf::from(format!("/proc/self/fd/{}/{}", self.folder.as_raw_fd(), self.name))
    }

    pub(crate) fn claim<T>(&self, bind: impl Fn(PathBuf) -> io::Result<T>) -> Result<T, SocketError> {
        match bind(self.address()) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => {
                self.clear_stale()?;
                bind(self.address()).map_err(|source| self.io(source))
            }
            bound => bound.map_err(|source| self.io(source)),
        }
    }

    fn clear_stale(&self) -> Result<(), SocketError> {
        let found = fs::symlink_metadata(&self.path).map_err(|source| self.io(source))?;
        if !found.file_type().is_socket() {
            return Err(SocketError::Occupied(self.path.clone()));
        }
        if self.answers() {
            return Err(SocketError::InUse(self.path.clone()));
        }
        fs::remove_file(&self.path).map_err(|source| self.io(source))
    }

    /// Whether a process holds the socket open. A datagram asks without waiting whatever the socket's own type is: only
    /// a file that nobody holds refuses it, a live stream socket says "wrong type".
    fn answers(&self) -> bool {
        let asked = UnixDatagram::unbound().and_then(|socket| socket.connect(self.address()));
        !asked.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
    }

    pub(crate) fn io(&self, source: io::Error) -> SocketError {
        SocketError::Io { path: self.path.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn exchange(socket: &Socket) {
        let listener = socket.listen().unwrap();
        let mut asking = socket.connect().await.unwrap();
        let (mut serving, _) = listener.accept().await.unwrap();
        asking.write_all(b"hi").await.unwrap();
        let mut heard = [0; 2];
        serving.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"hi");
    }

    #[tokio::test]
    async fn a_dead_socket_file_is_replaced_and_a_live_one_is_not() {
        let data = tempfile::tempdir().unwrap();
        let sockets = Sockets::open(data.path()).unwrap();
        exchange(&sockets.web()).await;
        assert!(sockets.web().path().exists(), "the first listener left its file behind");
        exchange(&sockets.web()).await;
        let _held = sockets.web().listen().unwrap();
        assert!(matches!(sockets.web().listen(), Err(SocketError::InUse(_))));
        exchange_works_still(&sockets.web()).await;
    }

    async fn exchange_works_still(socket: &Socket) {
        socket.connect().await.expect("a refused second listener leaves the first alone");
    }

    #[tokio::test]
    async fn a_file_in_the_way_is_left_alone() {
        let data = tempfile::tempdir().unwrap();
        let sockets = Sockets::open(data.path()).unwrap();
        fs::write(sockets.web().path(), "precious").unwrap();
        assert!(matches!(sockets.web().listen(), Err(SocketError::Occupied(_))));
        assert_eq!(fs::read_to_string(sockets.web().path()).unwrap(), "precious");
    }

    #[tokio::test]
    async fn a_path_beyond_the_address_limit_works() {
        let data = tempfile::tempdir().unwrap();
        let deep = data.path().join("d".repeat(120)).join("e".repeat(120));
        fs::create_dir_all(&deep).unwrap();
        let sockets = Sockets::open(&deep).unwrap();
        assert!(sockets.web().path().as_os_str().len() > PATH_BYTES_MAX);
        exchange(&sockets.web()).await;
        exchange(&sockets.web()).await;
    }

    #[test]
    fn the_folder_is_closed_to_others() {
        let data = tempfile::tempdir().unwrap();
        fs::create_dir(data.path().join("run")).unwrap();
        fs::set_permissions(data.path().join("run"), Permissions::from_mode(0o755)).unwrap();
        Sockets::open(data.path()).unwrap();
        assert_eq!(fs::metadata(data.path().join("run")).unwrap().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_missing_data_folder_is_an_error_that_names_it() {
        let error = Sockets::open(Path::new("/nonexistent/rostrum")).unwrap_err();
        assert!(error.to_string().contains("/nonexistent/rostrum/run"), "{error}");
    }
}

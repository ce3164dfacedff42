//! The bound: a loop that sends what comes to everybody and does nothing else. A process of its own, so that its time
//! can be read like that of the others.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use rostrum_tests::Process;

/// The running loop.
pub(crate) struct Bare {
    process: Process,
    port: u16,
}

impl Bare {
    pub(crate) async fn start(source: &str) -> anyhow::Result<Self> {
        let source = source.to_owned();
        let start = move || {
            let ready = tempfile::NamedTempFile::new()?;
            let mut command = Command::new(std::env::current_exe()?);
            command.args(["--bare", &source]).stdout(Stdio::from(ready.reopen()?));
            let process = Process::start(&mut command)?;
            let mut line = String::new();
            while !line.ends_with('\n') {
                BufReader::new(ready.reopen()?).read_line(&mut line)?;
            }
            let port = line.trim().parse().context("the bare loop says where it is")?;
            anyhow::Ok(Self { process, port })
        };
        tokio::task::spawn_blocking(start).await?
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.pid()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/bare.opus", self.port)
    }
}

/// Takes a stream and sends what comes of it to whoever connects, until it ends.
pub(crate) fn serve(source: &str) -> anyhow::Result<()> {
    let _ = rustix::process::setrlimit(
        rustix::process::Resource::Nofile,
        rustix::process::Rlimit { current: Some(20_000), maximum: Some(20_000) },
    );
    let (host, path) =
        source.strip_prefix("http://").and_then(|rest| rest.split_once('/')).context("a stream's url")?;
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: bench\r\n\r\n")?;
    let mut buffer = vec![0; 64 * 1024];
    let length = stream.read(&mut buffer)?;
    let greeting = buffer[..length].to_vec();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", listener.local_addr()?.port())?;
    out.flush()?;
    let sockets = Arc::new(Mutex::new(Vec::new()));
    let taken = Arc::clone(&sockets);
    std::thread::spawn(move || {
        let mut head = [0; 1024];
        for mut socket in listener.incoming().flatten() {
            let asked = socket.read(&mut head).is_ok() && socket.write_all(&greeting).is_ok();
            if asked && socket.set_nonblocking(true).is_ok() {
                taken.lock().unwrap_or_else(PoisonError::into_inner).push(socket);
            }
        }
    });
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        let mut sockets = sockets.lock().unwrap_or_else(PoisonError::into_inner);
        sockets.retain_mut(|socket| socket.write(&buffer[..length]).is_ok());
    }
}

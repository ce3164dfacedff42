//! A network that lets nothing out but TCP to one port of this machine, as some companies have it: a namespace of its
//! own with a forwarder in it. The thread that enters it stays there, and with it what it starts from then on.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsFd as _;
use std::process::{Child, Command, Stdio};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;

/// The namespace; it lasts as long as this value and what runs in it.
#[derive(Debug)]
pub struct Cordon {
    holder: Child,
}

impl Cordon {
    /// Moves this thread into it. What listens at `door` outside is reached at the same address inside, by TCP, and
    /// nothing else is. None where this user may make no namespaces.
    pub fn enter(door: SocketAddr) -> Option<Self> {
        let (outside, inside) = std::sync::mpsc::channel::<TcpListener>();
        // Threads keep the network they began in: this one connects outside.
        std::thread::spawn(move || inside.recv().map(|listener| forward(listener, door)));
        let script = "ip link set lo up && echo ready && exec cat";
        let mut holder = Command::new("unshare")
            .args(["--net", "--", "sh", "-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let mut line = String::new();
        let ready = BufReader::new(holder.stdout.take()?).read_line(&mut line).is_ok() && line == "ready\n";
        let cordon = Self { holder };
        if !ready {
            return None;
        }
        let link = File::open(format!("/proc/{}/ns/net", cordon.holder.id())).ok()?;
        move_into_link_name_space(link.as_fd(), Some(LinkNameSpaceType::Network)).ok()?;
        let listener = TcpListener::bind(door).expect("every port in there is free");
        outside.send(listener).expect("the forwarder waits");
        Some(cordon)
    }
}

impl Drop for Cordon {
    fn drop(&mut self) {
        // It may be gone already.
        self.holder.kill().ok();
        self.holder.wait().ok();
    }
}

/// Carries bytes from inside to the door and back until the test ends.
fn forward(listener: TcpListener, door: SocketAddr) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        loop {
            let (mut inside, _) = listener.accept().await?;
            tokio::spawn(async move {
                // A door that is shut inside shuts it outside.
                let mut outside = TcpStream::connect(door).await?;
                copy_bidirectional(&mut inside, &mut outside).await
            });
        }
    })
}

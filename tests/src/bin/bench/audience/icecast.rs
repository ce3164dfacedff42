//! The peer: Icecast, fed with the very pages of our own stream.

use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use rostrum_tests::{Process, Scratch, eventually};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(20);

/// A running Icecast with one mount.
pub(crate) struct Icecast {
    icecast: Process,
    _relay: Process,
    _folder: Scratch,
    port: u16,
}

impl Icecast {
    pub(crate) async fn start(source: &str) -> anyhow::Result<Self> {
        let folder = Scratch::new("icecast");
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let path = folder.path().join("icecast.xml");
        std::fs::write(&path, settings(port, &folder.path().display().to_string()))?;
        open_to_all(folder.path())?;
        let mut command = Command::new("icecast2");
        let icecast = Process::start(command.arg("-c").arg(&path).stdout(Stdio::null()).stderr(Stdio::null()))
            .context("Icecast is not installed")?;
        eventually(PATIENCE, "Icecast answers", async || TcpStream::connect(("127.0.0.1", port)).await.ok()).await;
        let mut relay = Command::new("ffmpeg");
        relay.args(["-loglevel", "error", "-i", source, "-c", "copy", "-f", "ogg", "-page_duration", "960000"]);
        relay.args(["-content_type", "audio/ogg"]).arg(format!("icecast://source:bench@127.0.0.1:{port}/bench.opus"));
        let relay = Process::start(relay.stdin(Stdio::null()))?;
        let icecast = Self { icecast, _relay: relay, _folder: folder, port };
        eventually(PATIENCE, "Icecast has the stream", async || icecast.plays().await).await;
        Ok(icecast)
    }

    async fn plays(&self) -> Option<()> {
        let mut listener = TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
        listener.write_all(b"GET /bench.opus HTTP/1.1\r\nHost: bench\r\n\r\n").await.ok()?;
        let mut head = [0; 12];
        listener.read_exact(&mut head).await.ok()?;
        head.ends_with(b"200").then_some(())
    }

    pub(crate) fn pid(&self) -> u32 {
        self.icecast.pid()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/bench.opus", self.port)
    }
}

/// Icecast gives up the rights of root, and still wants to write its log.
fn open_to_all(folder: &std::path::Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777))?)
}

fn settings(port: u16, folder: &str) -> String {
    format!(
        "<icecast><limits><clients>19000</clients><sources>2</sources><queue-size>524288</queue-size>\
         <client-timeout>30</client-timeout><header-timeout>15</header-timeout><source-timeout>10</source-timeout>\
         <burst-on-connect>1</burst-on-connect><burst-size>20000</burst-size></limits>\
         <authentication><source-password>bench</source-password><relay-password>bench</relay-password>\
         <admin-user>admin</admin-user><admin-password>bench</admin-password></authentication>\
         <hostname>127.0.0.1</hostname><listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address>\
         </listen-socket><fileserve>0</fileserve><paths><basedir>/usr/share/icecast2</basedir>\
         <logdir>{folder}</logdir><webroot>/usr/share/icecast2/web</webroot>\
         <adminroot>/usr/share/icecast2/admin</adminroot></paths>\
         <logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>2</loglevel></logging>\
         <security><chroot>0</chroot><changeowner><user>nobody</user><group>nogroup</group></changeowner></security>\
         </icecast>"
    )
}

//! `rostrum speak`: plays files into a room as a speaker would speak them.

mod call;
mod file;
mod http;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tokio::time::Instant;
use url::Url;

use self::call::{Call, Dialling};
use self::file::Playing;
use self::http::Post;
use super::{failed, wait_for};
use crate::cli::Speak;
use crate::roles::codec;
use crate::supervise::running_at;

/// The room did not let us in.
const REFUSED: u8 = 3;
/// The connection was lost while playing.
const LOST: u8 = 4;
/// Length of a packet.
const PACKET: Duration = Duration::from_millis(20);

pub(super) fn run(speak: &Speak) -> ExitCode {
    let done = wait_for(async {
        let call = match enter(speak).await {
            Ok(call) => call,
            Err(error) => return Ok((ExitCode::from(REFUSED), Some(error))),
        };
        Ok(play_all(call, &speak.files).await)
    });
    match done {
        Ok((code, None)) => code,
        Ok((code, Some(error))) => {
            failed(&error);
            code
        }
        Err(error) => failed(&error),
    }
}

/// Where the room is, and the grant for it.
async fn way(speak: &Speak) -> anyhow::Result<(Url, String)> {
    let Ok(mut room) = Url::parse(&speak.room) else {
        let grant = speak.room.clone();
        let id = room_of(&grant).context("this is neither the address of a room nor a grant")?;
        return Ok((site(speak)?.join(&format!("rooms/{id}/"))?, grant));
    };
    let invite = room.query_pairs().find(|(name, _)| name == "invite").map(|(_, secret)| secret.into_owned());
    room.set_query(None);
    room.set_fragment(None);
    let path = room.path().trim_end_matches('/').trim_end_matches("/studio").to_owned();
    room.set_path(&format!("{path}/"));
    if let Some(grant) = &speak.grant {
        return Ok((room, grant.clone()));
    }
    let body = json!({"name": speak.name, "invite": invite}).to_string();
    let url = room.join("grant")?;
    let (status, text) = Post { url: &url, grant: None, kind: "application/json", body }.send().await?;
    let answer: Value = serde_json::from_str(&text).unwrap_or_default();
    match answer["grant"].as_str() {
        Some(grant) if status < 300 => Ok((room, grant.to_owned())),
        _ => bail!("{}", said(status, &answer)),
    }
}

/// The room's id in a grant; its signature is the stage's to check.
fn room_of(grant: &str) -> Option<String> {
    use base64::Engine as _;
    let (payload, _) = grant.split_once('.')?;
    let json = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).ok()?;
    Some(serde_json::from_slice::<Value>(&json).ok()?["room"].as_str()?.to_owned())
}

/// The site of a grant that comes alone: the one on this machine, or the configured one.
fn site(speak: &Speak) -> anyhow::Result<Url> {
    let config = speak.common.load()?;
    if let Some(address) = running_at(&config.data).filter(|_| config.http.tls.is_none()) {
        return Ok(Url::parse(&format!("http://{address}/"))?);
    }
    config.http.public_url.context("whose grant is this? Give the room's address and --grant, or set http.public_url")
}

/// What a refusal says.
fn said(status: u16, answer: &Value) -> String {
    answer["detail"].as_str().map_or_else(|| format!("the site answered {status}"), str::to_owned)
}

async fn enter(speak: &Speak) -> anyhow::Result<Call> {
    let (room, grant) = way(speak).await?;
    let (dialling, offer) = Dialling::new()?;
    let url = room.join("join")?;
    let (status, text) = Post { url: &url, grant: Some(&grant), kind: "application/sdp", body: offer }.send().await?;
    if status != 201 {
        bail!("{}", said(status, &serde_json::from_str(&text).unwrap_or_default()));
    }
    dialling.connect(&text).await
}

async fn play_all(mut call: Call, files: &[PathBuf]) -> (ExitCode, Option<anyhow::Error>) {
    let codec = codec();
    for path in files {
        let playing = match Playing::open(&codec, path).await {
            Ok(playing) => playing,
            Err(error) => return (ExitCode::FAILURE, Some(error)),
        };
        match play(&mut call, path, playing).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return (ExitCode::FAILURE, Some(error)),
            Err(error) => return (ExitCode::from(LOST), Some(error)),
        }
    }
    call.hang_up().await;
    (ExitCode::SUCCESS, None)
}

/// Plays one file at the pace of its sound; the outer error is the connection's, the inner one the file's.
async fn play(call: &mut Call, path: &Path, mut playing: Playing) -> anyhow::Result<anyhow::Result<()>> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let (mut line, mut due, mut played) = (Line::new(name, playing.length), Instant::now(), Duration::ZERO);
    loop {
        let packet = tokio::select! {
            packet = playing.packets.recv() => packet,
            // The connection wants to be kept while the child thinks.
            lost = call.wait(Instant::now() + Duration::from_secs(3600)) => return lost.map(Ok),
        };
        let Some(packet) = packet else { break };
        // A child that was late makes a pause, not a burst.
        due = due.max(Instant::now() - PACKET);
        call.wait(due).await?;
        call.send(packet)?;
        (due, played) = (due + PACKET, played + PACKET);
        line.show(played);
    }
    line.end(played);
    Ok(playing.end().await.with_context(|| path.display().to_string()))
}

/// What a person sees while it plays: a line that is written over on a terminal, else one at the start and the end.
struct Line {
    name: String,
    length: Duration,
    shown: Option<u64>,
    terminal: bool,
}

impl Line {
    fn new(name: String, length: Duration) -> Self {
        Self { name, length, shown: None, terminal: std::io::stderr().is_terminal() }
    }

    fn show(&mut self, played: Duration) {
        let second = played.as_secs();
        let news = self.shown != Some(second) && (self.terminal || self.shown.is_none());
        if news {
            self.shown = Some(second);
            self.write(played, if self.terminal { "\r" } else { "" }, if self.terminal { "" } else { "\n" });
        }
    }

    fn end(&self, played: Duration) {
        self.write(played, if self.terminal { "\r" } else { "" }, "\n");
    }

    fn write(&self, played: Duration, before: &str, after: &str) {
        let length = if self.length.is_zero() { String::new() } else { format!(" / {}", clock(self.length)) };
        // Nobody may be looking.
        let _ = write!(std::io::stderr(), "{before}speaking {}  {}{length}{after}", self.name, clock(played));
    }
}

fn clock(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use rostrum_domain::Id;
    use rostrum_domain::room::StageRole;
    use rostrum_live::grant::{Claims, Key, sign};

    use super::*;

    #[test]
    fn a_grant_names_its_room() {
        let claims = Claims {
            room: Id::from_bits(7),
            participant: Id::from_bits(1),
            user: None,
            name: "Ada".into(),
            role: StageRole::Speaker,
            invite: None,
            consented: false,
            expires: 9,
        };
        let grant = sign(&claims, &Key::new([1; 32]));
        assert_eq!(room_of(&grant), Some(claims.room.to_string()));
        assert_eq!(room_of("talk"), None);
    }

    #[test]
    fn times_read_as_on_a_player() {
        assert_eq!([0, 61, 3725].map(|s| clock(Duration::from_secs(s))), ["0:00", "1:01", "62:05"]);
    }
}

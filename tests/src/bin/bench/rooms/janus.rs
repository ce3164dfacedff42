//! The peer: Janus's AudioBridge, which mixes the same ten people. They come by plain RTP, so its side is spared what
//! encryption costs ours.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;
use reqwest::Client;
use rostrum_tests::{Process, Scratch, eventually};
use serde_json::{Value, json};
use tokio::net::UdpSocket;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::{PEOPLE, cpu_percent, pass, voice};

const PATIENCE: Duration = Duration::from_secs(20);
const PAYLOAD_TYPE: u8 = 100;
const ROOM: u32 = 1;

/// Processor time of Janus, as a share of one core.
pub(crate) async fn measure(record: bool) -> anyhow::Result<f64> {
    let folder = Scratch::new("janus");
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    settings(folder.path(), port)?;
    let mut command = Command::new("janus");
    command.arg("--configs-folder").arg(folder.path()).arg("--disable-colors").arg("--debug-level=2");
    let janus = Process::start(command.stdout(std::process::Stdio::null())).context("Janus is not installed")?;
    let api = Api { http: Client::new(), url: format!("http://127.0.0.1:{port}/janus") };
    eventually(PATIENCE, "Janus answers", async || api.ask("", json!({"janus": "ping"})).await.ok()).await;
    let mut people = JoinSet::new();
    for n in 0..PEOPLE {
        let (socket, to) = api.join(n, record.then(|| folder.path().join("mix.wav"))).await?;
        people.spawn(speak(socket, to, n));
    }
    pass(Duration::from_secs(3)).await;
    cpu_percent(janus.pid()).await
}

/// Everything off but the bridge and the API on one port.
fn settings(folder: &Path, port: u16) -> anyhow::Result<()> {
    let general = "general: { log_to_stdout = false }\nplugins: { disable = \"libjanus_duktape.so,libjanus_echotest.so,\
        libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,\
        libjanus_textroom.so,libjanus_videocall.so,libjanus_videoroom.so,libjanus_voicemail.so\" }\n\
        transports: { disable = \"libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so,\
        libjanus_websockets.so\" }\n";
    let http = format!("general: {{ http = true\n port = {port}\n ip = \"127.0.0.1\" }}\n");
    let bridge = "general: { local_ip = \"127.0.0.1\"\n rtp_port_range = \"20000-40000\" }\n";
    for (name, text) in [
        ("janus.jcfg", general),
        ("janus.transport.http.jcfg", http.as_str()),
        ("janus.plugin.audiobridge.jcfg", bridge),
    ] {
        std::fs::write(folder.join(name), text)?;
    }
    Ok(())
}

struct Api {
    http: Client,
    url: String,
}

impl Api {
    async fn ask(&self, path: &str, mut body: Value) -> anyhow::Result<Value> {
        body["transaction"] = json!("t");
        let reply = self.http.post(format!("{}{path}", self.url)).body(body.to_string()).send().await?;
        let answer: Value = serde_json::from_str(&reply.text().await?)?;
        anyhow::ensure!(answer["janus"] != "error", "Janus refuses {body}: {answer}");
        Ok(answer)
    }

    /// A person with a session of their own, and where their sound goes.
    async fn join(&self, n: u64, record: Option<std::path::PathBuf>) -> anyhow::Result<(UdpSocket, SocketAddr)> {
        let session = format!("/{}", self.ask("", json!({"janus": "create"})).await?["data"]["id"]);
        let attach = json!({"janus": "attach", "plugin": "janus.plugin.audiobridge"});
        let handle = format!("{session}/{}", self.ask(&session, attach).await?["data"]["id"]);
        if n == 0 {
            let mut room =
                json!({"request": "create", "room": ROOM, "sampling_rate": 48_000, "allow_rtp_participants": true});
            if let Some(file) = record {
                room["record"] = json!(true);
                room["record_file"] = json!(file);
            }
            self.ask(&handle, json!({"janus": "message", "body": room})).await?;
        }
        let socket = UdpSocket::bind("127.0.0.1:0").await?;
        let port = socket.local_addr()?.port();
        let rtp = json!({"ip": "127.0.0.1", "port": port, "payload_type": PAYLOAD_TYPE});
        let join = json!({"request": "join", "room": ROOM, "display": format!("Speaker {n}"), "rtp": rtp});
        self.ask(&handle, json!({"janus": "message", "body": join})).await?;
        let event = self.http.get(format!("{}{session}", self.url)).send().await?.text().await?;
        let event: Value = serde_json::from_str(&event)?;
        let rtp = &event["plugindata"]["data"]["rtp"];
        let port = rtp["port"].as_u64().with_context(|| format!("Janus names no port: {event}"))?;
        Ok((socket, SocketAddr::from(([127, 0, 0, 1], u16::try_from(port)?))))
    }
}

/// Says packets of 20 ms for ever, and reads what comes back so that the socket never fills.
async fn speak(socket: UdpSocket, to: SocketAddr, n: u64) {
    let packets = voice(n).packets();
    let mut clock = interval(Duration::from_millis(20));
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut buffer = [0; 2048];
    for (at, packet) in (0_u32..).zip(packets.iter().cycle()) {
        clock.tick().await;
        let mut bytes = vec![0x80, PAYLOAD_TYPE];
        bytes.extend((at as u16).to_be_bytes());
        bytes.extend((at.wrapping_mul(960)).to_be_bytes());
        bytes.extend((n as u32 + 1).to_be_bytes());
        bytes.extend(packet);
        // A bridge that is gone is noticed by whoever measures it.
        let _ = socket.send_to(&bytes, to).await;
        while socket.try_recv(&mut buffer).is_ok() {}
    }
}

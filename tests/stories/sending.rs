//! Recordings sent from a page: several at a time, with progress, paused, gone on with after a reload and after the web
//! role was killed in the midst of it. Each arrives once, byte for byte.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rostrum_tests::{Browser, Program, Server, Tab, eventually, wav};

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Names, tones and milliseconds of the recordings; two are sent at a time, so that the third waits.
const RECORDINGS: [(&str, f64, u32); 3] =
    [("low.wav", 220.0, 160_000), ("high.wav", 880.0, 150_000), ("late.wav", 440.0, 9_000)];
/// Slow enough that the first two are under way until the story lets them go, fast enough to move.
const BYTES_PER_S: u32 = 300_000;
const UPLOADS: &str = "/admin/uploads";
/// What the page asked of the server for uploads, by method.
const LISTEN: &str = "(() => {
    window.asked = [];
    const open = XMLHttpRequest.prototype.open;
    XMLHttpRequest.prototype.open = function (method, ...rest) {
        window.asked.push(method);
        return open.call(this, method, ...rest);
    };
    return true;
})()";

#[tokio::test]
async fn recordings_arrive_whole_over_a_pause_a_reload_and_a_killed_web() {
    let server = Server::spawn().await;
    let program = Program::new(&server).await;
    let show = program.show(&server).await;
    let files = record(server.scratch());
    let paths: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let browser = Browser::launch().await;
    let tab = browser.open(&server.url("/sign-in")).await;
    sign_in(&tab).await;

    tab.open(&server.url(UPLOADS)).await;
    tab.line(Some(BYTES_PER_S)).await;
    tab.upload("#files", &paths).await;
    tab.eventually(PATIENCE, "two are on their way", &format!("{} && {}", moves("low.wav"), moves("high.wav"))).await;
    let waits = format!("{}.value === 0", bar("late.wav"));
    assert!(tab.eval::<bool>(&waits).await, "the third waits for its turn");
    tab.portraits("uploading").await;
    pause(&tab).await;

    tab.open(&server.url(UPLOADS)).await;
    let kept: Vec<f64> = tab.eval("[...document.querySelectorAll('.block progress')].map((bar) => bar.value)").await;
    assert!(kept.len() == 2 && kept.iter().all(|percent| (1.0..100.0).contains(percent)), "the server has {kept:?}");
    tab.eval::<bool>(LISTEN).await;
    tab.upload("#files", &paths).await;
    let least = kept.iter().copied().fold(100.0, f64::min);
    let goes_on = |name| format!("{}?.value > {least}", bar(name));
    tab.eventually(PATIENCE, "both go on", &format!("{} && {}", goes_on("low.wav"), goes_on("high.wav"))).await;
    // Whatever was sent before is not sent again: the page asks where it stands and makes nothing new.
    assert_eq!(asked(&tab, "POST").await, 0);
    assert!(asked(&tab, "HEAD").await >= 2);

    assert!(tab.eval::<bool>(&format!("{} && {}", moves("low.wav"), moves("high.wav"))).await, "both are under way");
    tab.forgive("Failed to load resource");
    server.kill9("web").await;
    tab.line(None).await;
    for file in &files {
        arrives(&server, file).await;
    }
    assert_eq!(asked(&tab, "POST").await, 1, "only the third was announced on this page");
    eventually(PATIENCE, "each is one episode", async || {
        let episodes = program.call("GET", &format!("/api/v1/shows/{show}/episodes"), None).await;
        (episodes["total"] == RECORDINGS.len()).then_some(())
    })
    .await;
    tab.open(&server.url(UPLOADS)).await;
    let left: usize = tab.eval("document.querySelectorAll(\"form[action$='/discard']\").length").await;
    assert_eq!(left, 0, "nothing is left over");
    tab.close().await;
    browser.close().await;
}

fn record(folder: &Path) -> Vec<PathBuf> {
    let write = |(name, hertz, ms): (&str, f64, u32)| {
        let file = folder.join(name);
        fs::write(&file, wav(hertz, ms)).expect("the folder is ours");
        file
    };
    RECORDINGS.map(write).to_vec()
}

pub(crate) async fn sign_in(tab: &Tab) {
    tab.fill("#email", "ada@example.org").await;
    tab.fill("#password", "a good long one").await;
    tab.click("main form button[type=submit]").await;
    tab.eventually(PATIENCE, "the dashboard opens", "location.pathname === '/admin'").await;
}

/// The bar of a recording that this page sends.
fn bar(name: &str) -> String {
    format!("document.querySelector(\"[data-transfers] progress[aria-label='{name}']\")")
}

fn moves(name: &str) -> String {
    format!("{0}?.value > 1 && {0}.value < 100", bar(name))
}

async fn asked(tab: &Tab, method: &str) -> usize {
    tab.eval(&format!("window.asked.filter((one) => one === '{method}').length")).await
}

/// The first stands still while the second goes on; then it goes on itself.
async fn pause(tab: &Tab) {
    let button = "[data-transfers] .transfer:nth-child(1) .job-head button:nth-of-type(1)";
    let note = "document.querySelector('[data-transfers] .transfer:nth-child(1) .meta').textContent";
    tab.click(button).await;
    tab.eventually(PATIENCE, "it says that it stands", &format!("{note}.startsWith('Paused at ')")).await;
    let (held, other): (f64, f64) = tab.eval(&format!("[{}.value, {}.value]", bar("low.wav"), bar("high.wav"))).await;
    tab.eventually(PATIENCE, "the other goes on", &format!("{}.value > {}", bar("high.wav"), other + 5.0)).await;
    let still: f64 = tab.eval(&format!("{}.value", bar("low.wav"))).await;
    assert!((still - held).abs() < 0.01, "it stood at {held} and is at {still}");
    tab.click(button).await;
    tab.eventually(PATIENCE, "it goes on", &format!("{}.value > {}", bar("low.wav"), held + 2.0)).await;
}

/// Waits until the media store has a file of exactly these bytes.
async fn arrives(server: &Server, file: &Path) {
    let sent = fs::read(file).expect("it is there");
    let (media, what) = (server.data().join("media"), format!("{} arrives whole", file.display()));
    eventually(PATIENCE, &what, async || {
        let same = |kept: &PathBuf| {
            let length = fs::metadata(kept).map_or(0, |about| about.len());
            length == sent.len() as u64 && fs::read(kept).is_ok_and(|kept| kept == sent)
        };
        files_in(&media).iter().any(same).then_some(())
    })
    .await;
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let found = entries.map(|entry| entry.path());
    found.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] }).collect()
}

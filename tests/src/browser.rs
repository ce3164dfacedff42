//! A real Chromium with a dozen verbs. Any exception or console error on a page fails its story.

mod frame;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::browser::{PermissionDescriptor, PermissionSetting, SetPermissionParams};
use chromiumoxide::cdp::browser_protocol::dom::SetFileInputFilesParams;
use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetScriptExecutionDisabledParams,
};
use chromiumoxide::cdp::browser_protocol::input::InsertTextParams;
use chromiumoxide::cdp::browser_protocol::log::{EventEntryAdded, LogEntryLevel};
use chromiumoxide::cdp::browser_protocol::network::{EmulateNetworkConditionsByRuleParams, NetworkConditions};
use chromiumoxide::cdp::browser_protocol::page::CaptureScreenshotFormat;
use chromiumoxide::cdp::js_protocol::runtime::{ConsoleApiCalledType, EventConsoleApiCalled, EventExceptionThrown};
use chromiumoxide::js::EvaluationResult;
use chromiumoxide::layout::Point;
use chromiumoxide::page::ScreenshotParams;
use chromiumoxide::{BrowserConfig, Element, Page};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use tokio::task::{AbortHandle, JoinSet};

use crate::scratch::{Scratch, package_file, say, target_folder};
use crate::wait::poll;

pub use frame::Frame;

const WITHIN: Duration = Duration::from_secs(10);
const STEP: &str = "the browser obeys";

/// The browser forgets every element it named to us once a document has been parsed and its scripts have run.
const WHOLE: &str = "document.readyState === 'complete' || \
                     performance.getEntriesByType('navigation')[0]?.domContentLoadedEventEnd > 0";

/// A browser with a profile of its own.
#[derive(Debug)]
pub struct Browser {
    chromium: chromiumoxide::Browser,
    events: AbortHandle,
    profile: Scratch,
}

/// Light or dark, as the person's system prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark text on light ground.
    Light,
    /// Light text on dark ground.
    Dark,
}

impl Browser {
    /// Starts Chromium without a window; nothing it does leaves the machine.
    pub async fn launch() -> Self {
        Self::with(&[]).await
    }

    /// Starts Chromium with a microphone that says what a WAV file holds, over and over.
    pub async fn speaking(recording: &Path) -> Self {
        Self::with(&[&format!("use-file-for-fake-audio-capture={}", recording.display())]).await
    }

    async fn with(more: &[&str]) -> Self {
        let profile = Scratch::new("chromium");
        let config = BrowserConfig::builder()
            .chrome_executable(executable())
            .new_headless_mode()
            .no_sandbox()
            .user_data_dir(profile.path())
            .viewport(None)
            .window_size(1280, 900)
            .launch_timeout(Duration::from_secs(40))
            .args(FLAGS.iter().copied())
            .args(more.iter().copied())
            .build()
            .expect("every field is set above");
        let (chromium, mut handler) = chromiumoxide::Browser::launch(config).await.expect("Chromium starts");
        let events = tokio::spawn(async move { while handler.next().await.is_some() {} }).abort_handle();
        Self { chromium, events, profile }
    }

    /// Opens a new tab at an absolute address and waits until the page has loaded.
    pub async fn open(&self, url: &str) -> Tab {
        let page = self.chromium.new_page("about:blank").await.expect(STEP);
        let tab = Tab::watch(page, self.profile.path().to_path_buf()).await;
        tab.open(url).await;
        tab
    }

    /// Lets pages write into the clipboard and stories read it.
    pub async fn share_clipboard(&self) {
        for name in ["clipboard-read", "clipboard-write"] {
            let granted = SetPermissionParams::new(PermissionDescriptor::new(name), PermissionSetting::Granted);
            self.chromium.execute(granted).await.expect(STEP);
        }
    }

    /// Ends the browser politely; dropping it ends it too.
    pub async fn close(mut self) {
        self.chromium.close().await.expect(STEP);
        self.chromium.wait().await.expect("Chromium is our child");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.events.abort();
    }
}

/// One tab. Selectors are CSS; the verbs wait up to ten seconds for their element.
#[derive(Debug)]
pub struct Tab {
    page: Page,
    troubles: Troubles,
    _listeners: JoinSet<()>,
    kept: PathBuf,
}

impl Tab {
    async fn watch(page: Page, kept: PathBuf) -> Self {
        let troubles = Troubles::default();
        let mut listeners = JoinSet::new();
        page.enable_log().await.expect(STEP);
        page.enable_runtime().await.expect(STEP);
        let mut thrown = page.event_listener::<EventExceptionThrown>().await.expect(STEP);
        let notes = troubles.clone();
        listeners.spawn(async move {
            while let Some(event) = thrown.next().await {
                let details = &event.exception_details;
                let text = details.exception.as_ref().and_then(|value| value.description.clone());
                notes.add(format!("exception: {}", text.unwrap_or_else(|| details.text.clone())));
            }
        });
        let mut console = page.event_listener::<EventConsoleApiCalled>().await.expect(STEP);
        let notes = troubles.clone();
        listeners.spawn(async move {
            while let Some(event) = console.next().await {
                if event.r#type == ConsoleApiCalledType::Error {
                    let words: Vec<String> = event.args.iter().map(described).collect();
                    notes.add(format!("console error: {}", words.join(" ")));
                }
            }
        });
        let mut log = page.event_listener::<EventEntryAdded>().await.expect(STEP);
        let notes = troubles.clone();
        listeners.spawn(async move {
            while let Some(event) = log.next().await {
                if event.entry.level == LogEntryLevel::Error {
                    let address = event.entry.url.as_deref().unwrap_or_default();
                    notes.add(format!("{} {address}", event.entry.text));
                }
            }
        });
        Self { page, troubles, _listeners: listeners, kept }
    }

    /// Goes to an absolute address and waits until the page has loaded.
    pub async fn open(&self, url: &str) {
        self.page.goto(url).await.expect("the address answers");
        self.check();
    }

    /// Brings the tab before others of its browser: only the one in front can be clicked.
    pub async fn front(&self) {
        self.page.bring_to_front().await.expect(STEP);
    }

    /// Clicks the middle of an element as a mouse does, once it has stopped moving.
    pub async fn click(&self, selector: &str) {
        let still = format!(
            "(() => {{ const found = document.querySelector({selector:?}); if (!found) return false; \
             const {{ x, y, width, height }} = found.getBoundingClientRect(); \
             const box = [x, y, width, height].join(); const same = found.lastBox === box; \
             found.lastBox = box; return same && width * height > 0; }})()"
        );
        self.eventually(WITHIN, "the element stands still", &still).await;
        self.element(selector).await.click().await.expect(STEP);
        self.check();
    }

    /// Clicks halfway down an element, so many pixels from its left edge: a browser's own controls are no elements.
    /// It must be in sight.
    pub async fn click_inside(&self, selector: &str, from_left: f64) {
        let place = self.element(selector).await.bounding_box().await.expect(STEP);
        let point = Point::new(place.x + from_left, place.y + place.height / 2.0);
        self.page.click(point).await.expect(STEP);
        self.check();
    }

    /// Replaces what a text field holds, as if pasted.
    pub async fn fill(&self, selector: &str, text: &str) {
        let field = self.element(selector).await;
        field.focus().await.expect(STEP);
        field.call_js_fn("function() { this.select && this.select(); }", false).await.expect(STEP);
        self.page.execute(InsertTextParams::new(text)).await.expect(STEP);
        self.check();
    }

    /// Chooses an option of a select element by its value.
    pub async fn choose(&self, selector: &str, value: &str) {
        let choice = serde_json::to_string(value).expect("text is JSON");
        let script = format!(
            "function() {{ this.value = {choice}; this.dispatchEvent(new Event('input', {{bubbles: true}}));
               this.dispatchEvent(new Event('change', {{bubbles: true}})); }}"
        );
        self.element(selector).await.call_js_fn(script, false).await.expect(STEP);
        self.check();
    }

    /// Presses a key on an element: `Enter`, `Tab`, `Escape`, `a`.
    pub async fn press(&self, selector: &str, key: &str) {
        self.element(selector).await.press_key(key).await.expect(STEP);
        self.check();
    }

    /// Gives files to a file field.
    pub async fn upload(&self, selector: &str, files: &[&Path]) {
        let names = files.iter().map(|file| file.display().to_string()).collect();
        let mut params = SetFileInputFilesParams::new(names);
        params.backend_node_id = Some(self.element(selector).await.backend_node_id);
        self.page.execute(params).await.expect(STEP);
        self.check();
    }

    /// The text that a person sees in an element.
    pub async fn text(&self, selector: &str) -> String {
        let text = self.element(selector).await.inner_text().await.expect(STEP);
        self.check();
        text.unwrap_or_default()
    }

    /// The value of a JavaScript expression; a promise is awaited.
    pub async fn eval<T: DeserializeOwned>(&self, expression: &str) -> T {
        let value = self.page.evaluate(format!("(async () => ({expression}))()")).await;
        self.check();
        match value.map(EvaluationResult::into_value) {
            Ok(Ok(value)) => value,
            Ok(Err(error)) => panic!("`{expression}` is of another kind: {error}"),
            Err(error) => panic!("`{expression}` failed: {error}"),
        }
    }

    /// Waits until a JavaScript expression is true; `what` says it in words.
    pub async fn eventually(&self, within: Duration, what: &str, expression: &str) {
        let script = format!("(async () => Boolean({expression}))()");
        // While a page is being replaced there is nobody to ask; the next poll asks the new one.
        let mut probe = async || match self.page.evaluate(script.as_str()).await {
            Ok(value) => value.into_value::<bool>().is_ok_and(|held| held).then_some(()),
            Err(_) => None,
        };
        if poll(within, &mut probe).await.is_none() {
            self.give_up(&format!("waited {within:?} in vain: {what}: {expression}")).await;
        }
        self.check();
    }

    /// Waits until the page's visible text holds a phrase.
    pub async fn sees(&self, phrase: &str) {
        let wanted = serde_json::to_string(phrase).expect("text is JSON");
        self.eventually(WITHIN, "a phrase is seen", &format!("document.body.innerText.includes({wanted})")).await;
    }

    /// The address it shows.
    pub async fn address(&self) -> String {
        self.page.url().await.expect(STEP).unwrap_or_default()
    }

    /// Sets the size of the page in CSS pixels; a width below 600 is a phone with two device pixels each.
    pub async fn size(&self, width: i64, height: i64) {
        let phone = width < 600;
        let scale = if phone { 2.0 } else { 1.0 };
        self.page.execute(SetDeviceMetricsOverrideParams::new(width, height, scale, phone)).await.expect(STEP);
    }

    /// Sets the colour scheme that the person's system prefers. Nothing moves from then on, so that what is measured
    /// next is no colour between two others.
    pub async fn scheme(&self, scheme: Scheme) {
        let value = if scheme == Scheme::Dark { "dark" } else { "light" };
        let still = MediaFeature::new("prefers-reduced-motion", "reduce");
        let feature = MediaFeature::new("prefers-color-scheme", value);
        self.page.emulate_media_features(vec![feature, still]).await.expect(STEP);
    }

    /// Lets no more than so many bytes a second leave the browser; none ends that.
    pub async fn line(&self, bytes_per_s: Option<u32>) {
        let upward = bytes_per_s.map_or(-1.0, f64::from);
        let everywhere = NetworkConditions::new("", 0.0, -1.0, upward);
        self.page.execute(EmulateNetworkConditionsByRuleParams::new(false, vec![everywhere])).await.expect(STEP);
    }

    /// Runs a script before those of every page that is opened from now on.
    pub async fn prepare(&self, script: &str) {
        self.page.evaluate_on_new_document(script).await.expect(STEP);
    }

    /// Runs no scripts of pages that are opened from now on; `eval` still looks at them.
    pub async fn without_scripts(&self) {
        self.page.execute(SetScriptExecutionDisabledParams::new(true)).await.expect(STEP);
    }

    /// Runs a script in every page that is opened from now on, before the page's own.
    pub async fn before_scripts(&self, script: &str) {
        self.page.evaluate_on_new_document(script).await.expect(STEP);
    }

    /// Saves what a person sees of one element as a PNG file.
    pub async fn picture(&self, selector: &str, file: &Path) {
        let element = self.element(selector).await;
        element.save_screenshot(CaptureScreenshotFormat::Png, file).await.expect(STEP);
        self.check();
    }

    /// Saves the whole page as `target/screenshots/NAME.png` and returns where.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let folder = target_folder().join("screenshots");
        fs::create_dir_all(&folder).expect("the target folder can be written");
        let file = folder.join(format!("{name}.png"));
        self.page.save_screenshot(whole_page(), &file).await.expect(STEP);
        self.check();
        file
    }

    /// Saves the page on a phone and on a desk, by day and by night, as `NAME-390-light.png` and so on.
    pub async fn portraits(&self, name: &str) {
        for (width, height) in [(390, 844), (1440, 900)] {
            for (scheme, light) in [(Scheme::Dark, "dark"), (Scheme::Light, "light")] {
                self.scheme(scheme).await;
                // Each time: a picture of the whole page leaves the browser's own size behind.
                self.size(width, height).await;
                let laid_out = format!("document.documentElement.clientWidth === {width}");
                self.eventually(WITHIN, "the page has its width", &laid_out).await;
                self.screenshot(&format!("{name}-{width}-{light}")).await;
            }
        }
    }

    /// Brings hls.js into the page as `Hls`.
    pub async fn bring_hls_js(&self) {
        let hls = fs::read_to_string(package_file("vendor/hls.js/hls.min.js")).expect("hls.js is vendored");
        self.page.evaluate(hls).await.expect(STEP);
        self.check();
    }

    /// What axe-core finds that keeps people out, each as `rule: where`; an empty list is a fair page.
    pub async fn unfair(&self) -> Vec<String> {
        if !self.eval::<bool>("'axe' in window").await {
            let axe = fs::read_to_string(package_file("vendor/axe-core/axe.min.js")).expect("axe-core is vendored");
            self.page.evaluate(axe).await.expect(STEP);
        }
        // Copies of style sheets are not made: the pages' content policy forbids them, and no rule in use needs them.
        let violations =
            "axe.run(document, {preload: {assets: ['media']}}).then(({violations}) => violations.map(({id, nodes}) =>
            `${id}: ${nodes.map(({target}) => target.join(' ')).join(', ')}`))";
        self.eval(violations).await
    }

    /// Troubles that hold this text are expected from now on, such as the browser's note on a 404.
    pub fn forgive(&self, text: &str) {
        self.troubles.forgive(text);
    }

    /// Closes the tab after the last look at its troubles.
    pub async fn close(self) {
        // Events are delivered in order, so the answer to this comes after whatever was reported before.
        let _: bool = self.eval("true").await;
        self.page.clone().close().await.expect(STEP);
    }

    async fn element(&self, selector: &str) -> Element {
        self.eventually(WITHIN, "the document is whole", WHOLE).await;
        let mut probe = async || self.page.find_element(selector).await.ok();
        match poll(WITHIN, &mut probe).await {
            Some(element) => element,
            None => self.give_up(&format!("no element {selector} in {WITHIN:?}")).await,
        }
    }

    async fn give_up(&self, why: &str) -> ! {
        let (picture, html) = (self.kept.join("failed.png"), self.kept.join("failed.html"));
        let _ = self.page.save_screenshot(whole_page(), &picture).await;
        let _ = fs::write(&html, self.page.content().await.unwrap_or_default());
        let troubles = self.troubles.take();
        panic!("{why}\nat {}\ntroubles: {troubles:?}\nsee {}", self.address().await, picture.display());
    }

    fn check(&self) {
        let troubles = self.troubles.take();
        assert!(troubles.is_empty(), "the page is in trouble: {troubles:#?}");
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        let troubles = self.troubles.take();
        if std::thread::panicking() {
            say(&format!("troubles of the page at the end: {troubles:?}"));
        } else {
            assert!(troubles.is_empty(), "the page is in trouble: {troubles:#?}");
        }
    }
}

/// What a page complained of, less what the story expects.
#[derive(Debug, Clone, Default)]
struct Troubles(Arc<Mutex<(Vec<String>, Vec<String>)>>);

impl Troubles {
    fn add(&self, text: String) {
        self.0.lock().expect("no holder panics").0.push(text);
    }

    fn forgive(&self, text: &str) {
        self.0.lock().expect("no holder panics").1.push(text.to_owned());
    }

    fn take(&self) -> Vec<String> {
        let mut both = self.0.lock().expect("no holder panics");
        let (troubles, forgiven) = &mut *both;
        troubles.drain(..).filter(|text| !forgiven.iter().any(|part| text.contains(part))).collect()
    }
}

const FLAGS: [&str; 15] = [
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
    "disable-quic",
    "no-first-run",
    "disable-gpu",
    "autoplay-policy=no-user-gesture-required",
    "use-fake-ui-for-media-stream",
    "use-fake-device-for-media-stream",
    "allow-loopback-in-peer-connection",
    "disable-features=WebRtcHideLocalIpsWithMdns,TranslateUI,OptimizationHints,MediaRouter",
    "disable-domain-reliability",
    "no-proxy-server",
    // Servers of stories vouch for themselves.
    "ignore-certificate-errors",
    "host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
];

fn executable() -> PathBuf {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let mut found = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    found.find(|path| path.is_file()).expect("a Chromium is on the PATH; scripts/setup test installs it")
}

fn whole_page() -> ScreenshotParams {
    ScreenshotParams::builder().full_page(true).build()
}

fn described(value: &chromiumoxide::cdp::js_protocol::runtime::RemoteObject) -> String {
    let text = value.value.as_ref().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    text.or_else(|| value.description.clone()).unwrap_or_default()
}

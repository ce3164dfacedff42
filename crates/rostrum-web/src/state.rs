//! What every handler shares.

use std::ops::Deref;
use std::sync::Arc;

use rostrum_app::App;
use rostrum_words::Lang;
use tokio_util::task::TaskTracker;

use crate::call::Signed;
use crate::metrics::Metrics;
use crate::progress::Board;
use crate::{views, words};

/// The web role's shared state; cheap to clone.
#[derive(Clone)]
pub struct Web(Arc<Inner>);

/// The parts of [`Web`].
pub struct Inner {
    /// The use-cases' context.
    pub app: Arc<App>,
    /// The site's name.
    pub site_name: String,
    /// The language of whoever asks for none that the interface speaks.
    pub language: Lang,
    /// How far jobs are.
    pub progress: Board,
    /// What is counted, where an operator wants to know.
    pub metrics: Option<Metrics>,
    /// Work that goes on when the one who asked for it hangs up; waited for before the role ends.
    pub tasks: TaskTracker,
    /// Whether cookies carry `Secure` and the `__Host-` prefix.
    pub secure: bool,
}

impl Web {
    /// Shares the parts.
    pub fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// What a page at `path` knows of itself.
    pub fn page(&self, title: &str, path: &str, signed: Option<&Signed>) -> views::Page {
        let here = words::here();
        views::Page {
            site: self.site_name.clone(),
            lang: words::lang(),
            title: title.to_owned(),
            path: path.to_owned(),
            here: if here.is_empty() { path.to_owned() } else { here },
            viewer: signed.map(|signed| views::Viewer { name: signed.name.clone(), role: signed.caller.role }),
            ..views::Page::default()
        }
    }
}

impl Deref for Web {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

//! The loop round the router: accepts the edge's connections on the unix socket until told to stop.

use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use rostrum_app::App;
use rostrum_app::mail::Mailer;
use rostrum_app::rooms::follow;
use rostrum_domain::Secret;
use rostrum_wire::{ReadyInfo, Reports, Shutdown, Sockets};
use rostrum_words::Lang;
use tokio_util::task::TaskTracker;

use crate::metrics::Metrics;
use crate::progress::Board;
use crate::router::router;
use crate::state::{Inner, Web};

/// Wait after a connection could not be accepted.
const PAUSE: Duration = Duration::from_millis(50);

/// What the web role needs to serve.
pub struct Config {
    /// The sockets of the data folder.
    pub sockets: Sockets,
    /// The use-cases.
    pub app: Arc<App>,
    /// The site's name.
    pub site_name: String,
    /// The language of whoever asks for none that the interface speaks.
    pub language: Lang,
    /// What opens `/metrics`; without it there is none.
    pub metrics_token: Option<Secret<String>>,
}

/// Serves until the stop; `ready` is called once, when connections are accepted.
pub async fn run(config: Config, stop: Shutdown, ready: impl FnOnce(ReadyInfo)) -> Result<(), RunError> {
    let listener = config.sockets.web().listen()?;
    let reports = Reports::listen(&config.sockets.progress())?;
    let setup_url = rostrum_app::people::setup_url(&config.app).await?;
    let secure = config.app.public_url.scheme() == "https";
    let mailer = config.app.mailer.clone();
    let connections = TaskTracker::new();
    connections.spawn(follow::run(Arc::clone(&config.app), stop.soft().clone()));
    let web = Web::new(Inner {
        app: config.app,
        site_name: config.site_name,
        language: config.language,
        progress: Board::default(),
        metrics: config.metrics_token.as_ref().map(Metrics::new),
        tasks: connections.clone(),
        secure,
    });
    let (board, stopping) = (web.clone(), stop.clone());
    connections.spawn(async move { board.progress.follow(reports, stopping).await });
    let service = TowerToHyperService::new(router(web));
    ready(ReadyInfo { setup_url, ..ReadyInfo::default() });
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.soft().cancelled() => break,
        };
        match stream {
            Ok((stream, _)) => drop(connections.spawn(connection(TokioIo::new(stream), service.clone(), stop.clone()))),
            Err(error) => {
                // Out of descriptors, most likely: those that are open must be allowed to end.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    connections.close();
    tokio::select! {
        () = settle(&connections, mailer) => {}
        () = stop.hard().cancelled() => {}
    }
    Ok(())
}

/// Waits for the answers, then for the letters they led to.
async fn settle(connections: &TaskTracker, mailer: Option<Mailer>) {
    connections.wait().await;
    if let Some(mailer) = mailer {
        mailer.settle().await;
    }
}

async fn connection<S>(stream: TokioIo<tokio::net::UnixStream>, service: S, stop: Shutdown)
where
    S: hyper::service::Service<http::Request<hyper::body::Incoming>, Response = axum::response::Response> + 'static,
    S: Send,
    S::Future: Send + 'static,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(30));
    let connection = builder.serve_connection(stream, service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = stop.soft().cancelled() => connection.as_mut().graceful_shutdown(),
    }
    tokio::select! {
        _ = connection => {}
        () = stop.hard().cancelled() => {}
    }
}

/// Why the web role could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Its socket cannot be had.
    #[error(transparent)]
    Socket(#[from] rostrum_wire::SocketError),
    /// The use-cases cannot start.
    #[error(transparent)]
    App(#[from] rostrum_app::Error),
}

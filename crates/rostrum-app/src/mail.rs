//! Sending mail through the operator's server. Letters are plain text; nothing here decides who gets one.

use std::sync::Arc;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use rostrum_domain::{Secret, Timestamp};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use url::Url;

/// Letters under way at once that nobody waits for; more are dropped and logged.
const UNDER_WAY: usize = 8;
/// The longest silence of the mail server.
const PATIENCE: Duration = Duration::from_secs(20);

/// The operator's mail server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `smtps://user:password@host`, or `smtp://host?tls=required`.
    pub smtp_url: Secret<String>,
    /// Who letters come from, as in `Radio <house@example.org>`.
    pub from: String,
}

/// A letter to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// When it was written.
    pub at: Timestamp,
    /// Names the letter; unique.
    pub id: String,
}

/// Why a letter was not sent, or never will be.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The server's address cannot be used; the text says what to do.
    #[error("{0}")]
    Settings(String),
    /// The letter cannot be written.
    #[error("the letter cannot be written: {0}")]
    Letter(#[from] lettre::error::Error),
    /// The server did not take it; trying again may help.
    #[error("the mail server did not take the letter: {0}")]
    Server(#[from] lettre::transport::smtp::Error),
}

/// The way to send mail; cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    post: Post,
    slots: Arc<Semaphore>,
    tasks: TaskTracker,
}

#[derive(Clone)]
enum Post {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    #[cfg(any(test, feature = "testing"))]
    Kept(Outbox),
}

impl Mailer {
    /// Understands the settings; the server is first asked when there is a letter.
    pub fn new(settings: &Settings) -> Result<Self, MailError> {
        let url = settings.smtp_url.reveal();
        check_url(url)?;
        let post = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| MailError::Settings("The mail server's address cannot be understood.".into()))?;
        Self::by(Post::Smtp(post.timeout(Some(PATIENCE)).build()), &settings.from)
    }

    fn by(post: Post, from: &str) -> Result<Self, MailError> {
        let from = from.parse().map_err(|_| {
            MailError::Settings(format!("“{from}” is no sender; write it as in Radio <house@example.org>."))
        })?;
        Ok(Self { from, post, slots: Arc::new(Semaphore::new(UNDER_WAY)), tasks: TaskTracker::new() })
    }

    /// Sends a letter and waits until the server has it.
    pub async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        match &self.post {
            Post::Smtp(post) => {
                post.send(self.message(letter)?).await?;
            }
            #[cfg(any(test, feature = "testing"))]
            Post::Kept(outbox) => {
                self.message(letter)?;
                outbox.keep(letter);
            }
        }
        Ok(())
    }

    fn message(&self, letter: &Letter) -> Result<Message, MailError> {
        let to: Address = letter.to.parse().map_err(|_| lettre::error::Error::MissingTo)?;
        let id = format!("<{}@{}>", letter.id, self.from.email.domain());
        Ok(Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&letter.subject)
            .date(letter.at.into())
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())?)
    }

    /// Sends a letter that nobody waits for, so that the time an answer takes does not tell whether one was sent.
    pub fn send_later(&self, letter: Letter) {
        let Ok(slot) = self.slots.clone().try_acquire_owned() else {
            tracing::warn!("too many letters are under way; one was dropped");
            return;
        };
        let mailer = self.clone();
        self.tasks.spawn(async move {
            if let Err(error) = mailer.send(&letter).await {
                tracing::error!(%error, "a letter was not sent");
            }
            drop(slot);
        });
    }

    /// Waits for the letters under way; the last act before a stop.
    pub async fn settle(&self) {
        self.tasks.close();
        self.tasks.wait().await;
        self.tasks.reopen();
    }
}

/// Refuses to show a password to whoever listens on the way.
fn check_url(url: &str) -> Result<(), MailError> {
    let wrong = || MailError::Settings("The mail server's address should look like smtps://user:password@host.".into());
    let url = Url::parse(url).map_err(|_| wrong())?;
    let host = url.host_str().ok_or_else(wrong)?;
    let here =
        host == "localhost" || host.trim_matches(['[', ']']).parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    let tls = url.query_pairs().any(|(name, value)| name == "tls" && value == "required");
    match url.scheme() {
        "smtps" => Ok(()),
        "smtp" if here || tls || url.password().is_none() => Ok(()),
        "smtp" => Err(MailError::Settings(
            "The mail server's password would travel in the clear; write smtps:// or add ?tls=required.".into(),
        )),
        _ => Err(wrong()),
    }
}

/// Letters kept instead of sent.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug, Clone, Default)]
pub struct Outbox(Arc<std::sync::Mutex<Vec<Letter>>>);

#[cfg(any(test, feature = "testing"))]
impl Outbox {
    fn keep(&self, letter: &Letter) {
        self.0.lock().expect("nobody panics with letters in hand").push(letter.clone());
    }

    /// Every letter so far.
    pub fn letters(&self) -> Vec<Letter> {
        self.0.lock().expect("nobody panics with letters in hand").clone()
    }
}

#[cfg(any(test, feature = "testing"))]
impl Mailer {
    /// A mailer that keeps its letters, and where it keeps them.
    pub fn kept(from: &str) -> Result<(Self, Outbox), MailError> {
        let outbox = Outbox::default();
        Ok((Self::by(Post::Kept(outbox.clone()), from)?, outbox))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::TcpListener;

    fn letter(to: &str) -> Letter {
        Letter {
            to: to.into(),
            subject: "Ein Gruß".into(),
            text: "Hello.\n.\nA line of one dot above.\n".into(),
            at: Timestamp::from_second(1_795_197_600).expect("a valid second"),
            id: "01J".into(),
        }
    }

    /// A mail server that takes one letter and gives back what it was told.
    async fn take_one(listener: TcpListener) -> String {
        let (stream, _) = listener.accept().await.expect("somebody comes");
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut told = String::new();
        let mut in_letter = false;
        write.write_all(b"220 here\r\n").await.expect("it is still there");
        while let Ok(Some(line)) = lines.next_line().await {
            told.push_str(&line);
            told.push('\n');
            let answer: &[u8] = match line.as_str() {
                "." if in_letter => b"250 taken\r\n",
                _ if in_letter => continue,
                "DATA" => b"354 go on\r\n",
                "QUIT" => break,
                _ => b"250 ok\r\n",
            };
            in_letter = line == "DATA";
            write.write_all(answer).await.expect("it is still there");
            if line == "." {
                break;
            }
        }
        told
    }

    #[tokio::test]
    async fn a_letter_reaches_the_server_whole() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let server = tokio::spawn(take_one(listener));
        let url = Secret::new(format!("smtp://127.0.0.1:{port}"));
        let mailer = Mailer::new(&Settings { smtp_url: url, from: "Radio <house@example.org>".into() });
        mailer.expect("the settings are good").send(&letter("ada@example.org")).await.expect("the server takes it");
        let told = server.await.expect("the server ends");
        for part in [
            "MAIL FROM:<house@example.org>",
            "RCPT TO:<ada@example.org>",
            "Message-ID: <01J@example.org>",
            "Date: Fri, 20 Nov 2026 18:00:00 +0000",
            "\n..\nA line of one dot above.",
        ] {
            assert!(told.contains(part), "{part} is missing in:\n{told}");
        }
    }

    #[tokio::test]
    async fn an_address_cannot_add_headers() {
        let (mailer, outbox) = Mailer::kept("house@example.org").expect("the address is one");
        assert!(mailer.send(&letter("ada@example.org\r\nBcc: eve@example.org")).await.is_err());
        assert!(outbox.letters().is_empty());
        let sly = Letter { subject: "Hi\r\nBcc: eve@example.org".into(), ..letter("ada@example.org") };
        let written = mailer.message(&sly).expect("it can be written").formatted();
        assert!(!String::from_utf8_lossy(&written).contains("\r\nBcc:"));
    }

    #[test]
    fn a_password_is_not_shown_on_the_way() {
        let settings = |url: &str| Settings { smtp_url: Secret::new(url.into()), from: "a@example.org".into() };
        for good in
            ["smtps://u:p@mail.example.org", "smtp://u:p@127.0.0.1:25", "smtp://u:p@mail.example.org?tls=required"]
        {
            assert!(check_url(settings(good).smtp_url.reveal()).is_ok(), "{good}");
        }
        for bad in
            ["smtp://u:p@mail.example.org", "http://mail.example.org", "mail", "smtp://u:p@mail.org?tls=opportunistic"]
        {
            assert!(check_url(settings(bad).smtp_url.reveal()).is_err(), "{bad}");
        }
    }
}

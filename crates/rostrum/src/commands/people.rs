//! `rostrum user` and `rostrum token`: accounts and tokens from the command line, beside a running server or without.

use std::io::BufRead;
use std::sync::Arc;

use anyhow::{Context, bail};
use rostrum_app::{App, people};
use rostrum_domain::Secret;

use super::{print, wait_for};
use crate::cli::{Common, Token, User};
use crate::roles;
use crate::supervise::running_at;

pub(super) fn user(command: User) -> anyhow::Result<()> {
    match command {
        User::Add { common, email, role, password_stdin: false } => wait_for(async {
            let link = people::add_user(&*app(&common).await?, &email, role).await?;
            print(&format!("{link}\n"))
        }),
        User::Add { common, email, role, password_stdin: true } => {
            let password = first_line(std::io::stdin().lock())?;
            wait_for(async {
                let app = app(&common).await?;
                Ok(people::add_user_with_password(&app, &email, role, &password).await?)
            })
        }
        User::Link { common, email } => wait_for(async {
            let link = people::reset_link(&*app(&common).await?, &email).await?;
            print(&format!("{link}\n"))
        }),
    }
}

pub(super) fn token(Token::Add { common, email, scope }: Token) -> anyhow::Result<()> {
    wait_for(async {
        let token = people::token_add(&*app(&common).await?, &email, &scope).await?;
        print(&format!("{token}\n"))
    })
}

fn first_line(mut input: impl BufRead) -> anyhow::Result<Secret<String>> {
    let mut line = String::new();
    input.read_line(&mut line).context("cannot read the password")?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("standard input holds no password");
    }
    Ok(Secret::new(password.to_owned()))
}

/// The use-cases on the configured stores, the database brought to this version; links lead to the running server.
async fn app(common: &Common) -> anyhow::Result<Arc<App>> {
    let config = common.load()?;
    std::fs::create_dir_all(&config.data).with_context(|| format!("cannot make {}", config.data.display()))?;
    let bound = running_at(&config.data).unwrap_or(config.http.listen);
    let app = roles::app(&config, bound).await?;
    app.store.migrate().await.context("the database cannot be used")?;
    Ok(app)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_one_line() {
        assert_eq!(first_line(&b"correct horse \r\nrest"[..]).unwrap().reveal(), "correct horse ");
        assert!(first_line(&b"\n"[..]).is_err() && first_line(&b""[..]).is_err());
    }
}

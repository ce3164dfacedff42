//! The command line: what can be asked for, and which settings its flags set.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::{Config, ConfigError, Settings};
use crate::roles::Role;

/// A self-hosted platform for live audio rooms that become podcasts.
#[derive(Debug, Parser)]
#[command(name = "rostrum", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the site.
    Serve(Serve),
    /// Print the settings in force and where each comes from.
    Config(Common),
    /// Check this machine and the configuration, and say what to do about what is wrong.
    Doctor(Common),
    /// Bring the database to this version of the program (`serve` does so by itself), or move it to another one.
    Migrate(Migrate),
    /// Work on accounts.
    #[command(subcommand)]
    User(User),
    /// Work on API tokens.
    #[command(subcommand)]
    Token(Token),
    /// Play files into a room as a speaker. Exits with 0 when all were played, 1 when a file cannot be, 3 when the room
    /// does not let this speaker in, 4 when the connection was lost.
    Speak(Speak),
    /// Listen many times at once and check what is heard, to rehearse the big day. Prints what was found; exits with 0
    /// when everybody heard everything, with 3 when not.
    #[command(subcommand)]
    Load(Load),
    /// Read everything that is kept and say what is damaged.
    Verify(Common),
    /// Run one role; the supervisor does this.
    #[command(hide = true)]
    Role {
        /// Which.
        role: Role,
    },
    /// Decode media in a locked process; the worker does this.
    #[command(hide = true, name = rostrum_codec::CHILD_COMMAND, disable_help_flag = true)]
    MediaChild {
        /// Its own words.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
}

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Make an account; prints the one-time link by which its holder chooses a password.
    Add {
        #[command(flatten)]
        common: Common,
        /// The holder's mail address, with which they sign in.
        email: String,
        /// What they may do: owner, admin or creator.
        #[arg(long)]
        role: rostrum_domain::user::Role,
        /// Take the password from the first line of standard input instead of printing a link.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Print a one-time link by which somebody chooses a new password.
    Link {
        #[command(flatten)]
        common: Common,
        /// The account's mail address.
        email: String,
    },
}

/// What can be done with tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make an API token for somebody and print it alone.
    Add {
        #[command(flatten)]
        common: Common,
        /// The account's mail address.
        email: String,
        /// What it may do: read, write or admin; may be given again. Without, all that its holder may.
        #[arg(long)]
        scope: Vec<rostrum_domain::user::Scope>,
    },
}

/// What `speak` is told.
#[derive(Debug, Clone, Args)]
pub(crate) struct Speak {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The room's address, with an invitation in it where one is needed, or a grant for a room of this site.
    #[arg(value_name = "ROOM_URL|GRANT")]
    pub(crate) room: String,
    /// Recordings, played one after the other. Whoever plays into a room agrees that it is recorded.
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// A grant, for a room that is given by its address.
    #[arg(long, env = "ROSTRUM_GRANT", hide_env_values = true)]
    pub(crate) grant: Option<String>,
    /// The name that the room shows.
    #[arg(long, default_value = "Player")]
    pub(crate) name: String,
}

/// What a load is made of.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Load {
    /// Listeners of an endless stream, who come over a while.
    Listeners {
        #[command(flatten)]
        many: Many,
        /// In which time they come, in seconds.
        #[arg(long = "ramp", value_name = "SECONDS", default_value_t = 10.0)]
        ramp_s: f64,
    },
    /// The same, all within one second.
    Joins {
        #[command(flatten)]
        many: Many,
    },
}

/// How many, of what, for how long.
#[derive(Debug, Clone, Args)]
pub(crate) struct Many {
    /// The stream's address, such as http://127.0.0.1:8080/live/talk.opus.
    pub(crate) url: String,
    /// How many listen.
    #[arg(long)]
    pub(crate) count: u64,
    /// How long they stay once all have come, in seconds.
    #[arg(long = "for", value_name = "SECONDS", default_value_t = 30.0)]
    pub(crate) for_s: f64,
    /// Processes, at least; there are as many as the limit of open files asks for.
    #[arg(long, default_value_t = 1)]
    pub(crate) processes: u64,
    /// What the other machine's owner shows at /.well-known/rostrum-load; this machine needs none.
    #[arg(long, env = "ROSTRUM_LOAD_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// Print one line of JSON, and nothing meanwhile.
    #[arg(long)]
    pub(crate) json: bool,
    /// One process of a load; the first one does this.
    #[arg(long, hide = true)]
    pub(crate) part: bool,
    /// How many processes came before.
    #[arg(long, hide = true, default_value_t = 0)]
    pub(crate) base: u64,
}

/// Flags that every command has.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// The configuration file; without it, rostrum.toml in the current folder if there is one.
    #[arg(long, value_name = "FILE", env = "ROSTRUM_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The folder of everything that is kept (data.dir).
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

/// Flags of `migrate`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Migrate {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Move everything in the database to this empty one, sqlite:/path/to/file or postgres://…, and change nothing in
    /// the old one.
    #[arg(long, value_name = "URL", env = "ROSTRUM_MIGRATE_TO", hide_env_values = true)]
    pub(crate) to: Option<String>,
}

/// Flags of `serve`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The public address (http.listen); port 0 lets the system choose.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) http: Option<SocketAddr>,
    /// Where speakers reach the stage, UDP and TCP (rtc.listen); port 0 lets the system choose.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) rtc: Option<SocketAddr>,
    /// The roles to run here.
    #[arg(long, value_delimiter = ',', default_value = "edge,web,worker,stage")]
    pub(crate) roles: Vec<Role>,
    /// Plant the demo show made of the files in this folder, unless there is a show already.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) demo: Option<PathBuf>,
    /// Print one line of JSON once it serves.
    #[arg(long, value_name = "WHERE")]
    pub(crate) ready: Option<ReadyTo>,
}

/// Where the ready line goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReadyTo {
    /// Standard output.
    Stdout,
}

/// Reads the command line; on a mistake says what would do and ends the process.
pub(crate) fn parse() -> Cli {
    Cli::parse()
}

impl Common {
    /// All layers of the configuration, the flags of every command included.
    pub(crate) fn settings(&self) -> Result<Settings, ConfigError> {
        let mut settings = Settings::defaults();
        let usual = Path::new("rostrum.toml");
        match &self.config {
            Some(path) => settings.read_file(path)?,
            None if usual.exists() => settings.read_file(usual)?,
            None => {}
        }
        let variables = std::env::vars_os().filter_map(|(name, text)| Some((name.into_string().ok()?, text)));
        let variables = variables.map(|(name, text)| (name, text.to_string_lossy().into_owned()));
        settings.read_variables(variables)?;
        if let Some(data) = &self.data {
            settings.set_flag("--data", "data.dir", data.display().to_string())?;
        }
        Ok(settings)
    }

    /// The typed configuration.
    pub(crate) fn load(&self) -> Result<Config, ConfigError> {
        Config::build(&self.settings()?)
    }
}

impl Serve {
    /// All layers of the configuration.
    pub(crate) fn settings(&self) -> Result<Settings, ConfigError> {
        let mut settings = self.common.settings()?;
        if let Some(http) = self.http {
            settings.set_flag("--http", "http.listen", http.to_string())?;
        }
        if let Some(rtc) = self.rtc {
            settings.set_flag("--rtc", "rtc.listen", rtc.to_string())?;
        }
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serve_takes_its_words() {
        let words =
            ["rostrum", "serve", "--data", "/d", "--http", "127.0.0.1:0", "--roles", "web,edge", "--ready", "stdout"];
        let Command::Serve(serve) = Cli::parse_from(words).command else { panic!("serve") };
        assert_eq!(serve.roles, [Role::Web, Role::Edge]);
        assert_eq!(serve.ready, Some(ReadyTo::Stdout));
        let settings = serve.settings().unwrap();
        assert_eq!(settings.get("http.listen").unwrap().origin.to_string(), "--http");
        assert_eq!(settings.get("data.dir").unwrap().text, "/d");
    }
}

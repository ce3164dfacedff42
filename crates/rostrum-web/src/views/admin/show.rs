//! Shows in the studio: the list, a new one, the editor with artwork, feed preview and members.

use rostrum_domain::Problems;
use rostrum_domain::show::MEDIUMS;
use rostrum_domain::user::Membership;

use super::EpisodeLine;
use crate::views::parts::category;
use crate::views::{Art, Form, Page, Pager, filters};

/// The list of shows.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/shows.html")]
pub struct Shows {
    /// What every page knows.
    pub page: Page,
    /// What the list is narrowed to; field `q`.
    pub query: String,
    /// The shows the viewer may see.
    pub shows: Vec<ShowLine>,
}

/// A show in the list.
#[derive(Debug, Clone)]
pub struct ShowLine {
    /// Its page in the studio, below which `/episodes` lies.
    pub path: String,
    /// Its public page.
    pub public_path: String,
    /// Its title.
    pub title: String,
    /// Its picture.
    pub art: Art,
    /// Published episodes.
    pub published: u64,
    /// Drafts and scheduled ones.
    pub drafts: u64,
    /// What the viewer is in it, as in `Manager`; empty for an administrator without membership.
    pub membership: String,
    /// How many settings need attention before its feed is accepted.
    pub blockers: usize,
}

/// A new show; fields `title`, `language`, `author`.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/show_new.html")]
pub struct NewShow {
    /// What every page knows.
    pub page: Page,
    /// What was filled in.
    pub form: Form,
}

/// The editor of a show. The main form has a field for each fact of `ShowFacts` under its name; `category1` to
/// `category3`, switches send `on`, and lists are lines: `persons` `Name | role | link | picture`, `funding` `URL |
/// text`, `txt`
/// `purpose | value`, `podroll` `guid | feed URL | title`; `location` is `Name | geo | osm`, `license` `name | URL`.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/show.html")]
pub struct EditShow {
    /// What every page knows.
    pub page: Page,
    /// Its page in the studio; the other forms post below it: `/artwork` (file `artwork`, `fit` crop or pad),
    /// `/members` (`email`, `membership`), `/members/{user}/remove`, `/delete` (`confirm` holds the title).
    pub path: String,
    /// Its public page.
    pub public_path: String,
    /// The stored title.
    pub title: String,
    /// The facts; `slug` and `version` besides.
    pub form: Form,
    /// Its picture.
    pub art: Art,
    /// The picture's size and form in words; empty for none.
    pub art_note: String,
    /// Problems of the last picture sent, field `artwork`.
    pub art_problems: Problems,
    /// Whose picture could not be had, and why.
    pub lacking: Vec<(String, String)>,
    /// The feed's absolute address.
    pub feed_url: String,
    /// The head of the feed as XML text.
    pub feed_preview: String,
    /// What keeps directories from accepting the feed.
    pub blockers: Problems,
    /// Who works on it.
    pub members: Vec<MemberLine>,
    /// The form that adds a member: `email`, `membership`.
    pub member_form: Form,
    /// Whether the viewer may change the show, its members, its artwork.
    pub may_manage: bool,
    /// How many episodes would be lost with it.
    pub episodes: u64,
}

/// Somebody who works on a show.
#[derive(Debug, Clone)]
pub struct MemberLine {
    /// The user's id.
    pub user_id: String,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// What they may do.
    pub membership: Membership,
}

impl EditShow {
    /// The groups of categories for a select: group, then each choice with its words.
    pub fn categories(&self) -> Vec<(String, Vec<(String, String)>)> {
        let choices = |(group, subs): &rostrum_domain::category::Group| {
            let whole = std::iter::once(((*group).to_owned(), category(group)));
            let parts = subs.iter().map(|sub| (format!("{group} > {sub}"), category(sub)));
            (category(group), whole.chain(parts).collect())
        };
        rostrum_domain::category::GROUPS.iter().map(choices).collect()
    }

    /// The media a show can be, each with the message that says it.
    pub fn mediums(&self) -> Vec<(&'static str, String)> {
        MEDIUMS.iter().map(|medium| (*medium, format!("medium-{medium}"))).collect()
    }
}

/// The episodes of a show.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/episodes.html")]
pub struct Episodes {
    /// What every page knows.
    pub page: Page,
    /// The show's page in the studio.
    pub path: String,
    /// The show's title.
    pub title: String,
    /// The show's public page.
    pub public_path: String,
    /// What the list is narrowed to; field `q`.
    pub query: String,
    /// The state the list is narrowed to; field `state`, empty for all.
    pub state: String,
    /// This page of the episodes.
    pub episodes: Vec<EpisodeLine>,
    /// Where this page stands among the others.
    pub pager: Pager,
    /// Whether the viewer may make episodes.
    pub may_edit: bool,
}

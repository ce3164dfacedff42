//! Who may do what: one table, asked at every object.

use crate::Id;
use crate::user::{Membership, Role, Scope, User};

/// Something a caller wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// See drafts, jobs and numbers of a show.
    ViewShow,
    /// Make, change, publish episodes of a show.
    EditEpisodes,
    /// Change or delete a show, its members, its artwork.
    ManageShow,
    /// Make a new show.
    CreateShow,
    /// Invite, change and disable people.
    ManagePeople,
    /// Give or take the admin role.
    ManageAdmins,
    /// See the audit log and the site's settings.
    ManageSite,
}

/// Who is asking: a user and, for a token, the scopes it is narrowed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The user on whose behalf the request acts.
    pub user_id: Id<User>,
    /// Their role on the site.
    pub role: Role,
    /// What a token narrows the caller to; none for a signed-in browser.
    pub scopes: Option<Vec<Scope>>,
    /// The network the request came from, as the audit log keeps it; empty for within the machine.
    pub from: String,
}

impl Caller {
    /// Whether this caller may do `action`; `membership` is theirs in the show concerned, if any.
    pub fn may(&self, action: Action, membership: Option<Membership>) -> bool {
        self.scope_allows(action) && self.role_allows(action, membership)
    }

    fn scope_allows(&self, action: Action) -> bool {
        let needed = match action {
            Action::ViewShow => Scope::Read,
            Action::EditEpisodes | Action::ManageShow | Action::CreateShow => Scope::Write,
            Action::ManagePeople | Action::ManageAdmins | Action::ManageSite => Scope::Admin,
        };
        self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&needed))
    }

    fn role_allows(&self, action: Action, membership: Option<Membership>) -> bool {
        let admin = self.role >= Role::Admin;
        match action {
            Action::ViewShow => admin || membership.is_some(),
            Action::EditEpisodes => admin || membership >= Some(Membership::Editor),
            Action::ManageShow => admin || membership >= Some(Membership::Manager),
            Action::CreateShow => true,
            Action::ManagePeople | Action::ManageSite => admin,
            Action::ManageAdmins => self.role == Role::Owner,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(role: Role, scopes: Option<Vec<Scope>>) -> Caller {
        Caller { user_id: Id::from_bits(1), role, scopes, from: String::new() }
    }

    #[test]
    fn policy_table() {
        use Action::{CreateShow, EditEpisodes, ManageAdmins, ManagePeople, ManageShow, ManageSite, ViewShow};
        let creator = caller(Role::Creator, None);
        for (membership, allowed) in [
            (None, vec![CreateShow]),
            (Some(Membership::Viewer), vec![CreateShow, ViewShow]),
            (Some(Membership::Editor), vec![CreateShow, ViewShow, EditEpisodes]),
            (Some(Membership::Manager), vec![CreateShow, ViewShow, EditEpisodes, ManageShow]),
        ] {
            for action in [ViewShow, EditEpisodes, ManageShow, CreateShow, ManagePeople, ManageAdmins, ManageSite] {
                assert_eq!(creator.may(action, membership), allowed.contains(&action), "{action:?} {membership:?}");
            }
        }
        assert!(caller(Role::Admin, None).may(ManageShow, None));
        assert!(!caller(Role::Admin, None).may(ManageAdmins, None));
        assert!(caller(Role::Owner, None).may(ManageAdmins, None));
    }

    #[test]
    fn a_token_only_narrows() {
        let token = caller(Role::Owner, Some(vec![Scope::Read]));
        assert!(token.may(Action::ViewShow, None));
        assert!(!token.may(Action::EditEpisodes, None));
        assert!(!caller(Role::Creator, Some(vec![Scope::Admin])).may(Action::ManagePeople, None));
    }
}

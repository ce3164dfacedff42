//! Who may do what in a room: one table. Knows roles, not people.

use rostrum_domain::room::StageRole;
use rostrum_domain::room::StageRole::{CoHost, Host, Listener, Producer, Speaker};

use super::input::Command;
use crate::refusal::Refusal;

/// What a command does, for the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    GoLive,
    End,
    Mute,
    Unmute,
    Remove,
    Ban,
    Lock,
    SetRole,
    RaiseHand,
    LowerHand,
    AcceptHand,
    DeclineHand,
    StepDown,
    HandOver,
    Marker,
    SlowMode,
    DeleteChat,
    Pin,
    Consent,
    Dump,
}

impl From<&Command> for Act {
    fn from(command: &Command) -> Self {
        match command {
            Command::GoLive => Self::GoLive,
            Command::End => Self::End,
            Command::Mute { .. } => Self::Mute,
            Command::Unmute { .. } => Self::Unmute,
            Command::Remove { .. } => Self::Remove,
            Command::Ban { .. } => Self::Ban,
            Command::Lock { .. } => Self::Lock,
            Command::SetRole { .. } => Self::SetRole,
            Command::RaiseHand => Self::RaiseHand,
            Command::LowerHand => Self::LowerHand,
            Command::AcceptHand { .. } => Self::AcceptHand,
            Command::DeclineHand { .. } => Self::DeclineHand,
            Command::StepDown => Self::StepDown,
            Command::HandOver { .. } => Self::HandOver,
            Command::Marker { .. } => Self::Marker,
            Command::SlowMode { .. } => Self::SlowMode,
            Command::DeleteChat { .. } => Self::DeleteChat,
            Command::Pin { .. } => Self::Pin,
            Command::Consent { .. } => Self::Consent,
            Command::Dump => Self::Dump,
        }
    }
}

/// On whom, or on whose, an act works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// The room.
    Room,
    /// Oneself.
    Own,
    /// Somebody else of that role.
    Other(StageRole),
}

/// How far a role reaches with an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Not at all.
    No,
    /// To oneself.
    Own,
    /// To those of lower role.
    Under,
    /// To oneself and those of lower role.
    OwnUnder,
    /// To the room, or to all.
    All,
}

/// Rows are acts; columns listener, speaker, producer, co-host, host.
const TABLE: [(Act, [Reach; 5]); 20] = {
    use Reach::{All, No, Own, OwnUnder, Under};
    [
        (Act::GoLive, [No, No, No, All, All]),
        (Act::End, [No, No, No, No, All]),
        (Act::HandOver, [No, No, No, No, All]),
        (Act::Lock, [No, No, No, All, All]),
        (Act::SetRole, [No, No, No, OwnUnder, OwnUnder]),
        (Act::Mute, [Own, Own, OwnUnder, OwnUnder, OwnUnder]),
        (Act::Unmute, [Own, Own, OwnUnder, OwnUnder, OwnUnder]),
        (Act::Remove, [No, No, Under, Under, Under]),
        (Act::Ban, [No, No, Under, Under, Under]),
        (Act::AcceptHand, [No, No, All, All, All]),
        (Act::DeclineHand, [No, No, All, All, All]),
        (Act::RaiseHand, [Own, Own, Own, Own, Own]),
        (Act::LowerHand, [Own, Own, Own, Own, Own]),
        (Act::StepDown, [Own, Own, Own, Own, Own]),
        (Act::Consent, [Own, Own, Own, Own, Own]),
        (Act::Marker, [No, No, All, All, All]),
        (Act::SlowMode, [No, No, All, All, All]),
        (Act::DeleteChat, [Own, Own, All, All, All]),
        (Act::Pin, [No, No, All, All, All]),
        (Act::Dump, [No, No, All, All, All]),
    ]
};

const ROLES: [StageRole; 5] = [Listener, Speaker, Producer, CoHost, Host];

fn reach(act: Act, role: StageRole) -> Reach {
    let row = TABLE.iter().find(|row| row.0 == act).map_or([Reach::No; 5], |row| row.1);
    ROLES.iter().position(|known| *known == role).map_or(Reach::No, |column| row[column])
}

/// Whether a role may do an act to a target; no role is the site's, which does for others whatever the host may.
pub(super) fn may(asker: Option<StageRole>, act: Act, target: Target) -> Result<(), Refusal> {
    let Some(role) = asker else {
        return if reach(act, Host) == Reach::Own { Err(Refusal::PersonOnly) } else { Ok(()) };
    };
    let allows = |reach: Reach| match (reach, target) {
        (Reach::All, _) | (Reach::Own | Reach::OwnUnder, Target::Own) => true,
        (Reach::Under | Reach::OwnUnder, Target::Other(other)) => other < role,
        _ => false,
    };
    let reach_of = reach(act, role);
    match reach_of {
        _ if allows(reach_of) => Ok(()),
        Reach::Under | Reach::OwnUnder => Err(Refusal::Outranked),
        Reach::No | Reach::Own | Reach::All => {
            let higher = ROLES.into_iter().find(|higher| *higher > role && reach(act, *higher) > reach_of);
            Err(Refusal::NotAllowed { needs: higher.unwrap_or(Host) })
        }
    }
}

impl PartialOrd for Reach {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        (*self as u8).partial_cmp(&(*other as u8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A letter a case: what each role may do to itself, then to a listener, speaker, producer, co-host, host.
    fn row(act: Act) -> String {
        let targets = ROLES.map(Target::Other);
        let word = |role: StageRole| {
            let all = std::iter::once(Target::Own).chain(targets);
            all.map(|target| if may(Some(role), act, target).is_ok() { 'y' } else { '.' }).collect::<String>()
        };
        ROLES.map(word).join(" ")
    }

    #[test]
    fn the_table_says_what_the_house_means() {
        let expected = [
            (Act::GoLive, "...... ...... ...... yyyyyy yyyyyy"),
            (Act::End, "...... ...... ...... ...... yyyyyy"),
            (Act::HandOver, "...... ...... ...... ...... yyyyyy"),
            (Act::Lock, "...... ...... ...... yyyyyy yyyyyy"),
            (Act::SetRole, "...... ...... ...... yyyy.. yyyyy."),
            (Act::Mute, "y..... y..... yyy... yyyy.. yyyyy."),
            (Act::Unmute, "y..... y..... yyy... yyyy.. yyyyy."),
            (Act::Remove, "...... ...... .yy... .yyy.. .yyyy."),
            (Act::Ban, "...... ...... .yy... .yyy.. .yyyy."),
            (Act::AcceptHand, "...... ...... yyyyyy yyyyyy yyyyyy"),
            (Act::DeclineHand, "...... ...... yyyyyy yyyyyy yyyyyy"),
            (Act::RaiseHand, "y..... y..... y..... y..... y....."),
            (Act::LowerHand, "y..... y..... y..... y..... y....."),
            (Act::StepDown, "y..... y..... y..... y..... y....."),
            (Act::Consent, "y..... y..... y..... y..... y....."),
            (Act::Marker, "...... ...... yyyyyy yyyyyy yyyyyy"),
            (Act::SlowMode, "...... ...... yyyyyy yyyyyy yyyyyy"),
            (Act::DeleteChat, "y..... y..... yyyyyy yyyyyy yyyyyy"),
            (Act::Pin, "...... ...... yyyyyy yyyyyy yyyyyy"),
            (Act::Dump, "...... ...... yyyyyy yyyyyy yyyyyy"),
        ];
        assert_eq!(expected.len(), TABLE.len());
        for (act, cases) in expected {
            assert_eq!(row(act), cases, "{act:?}");
        }
    }

    #[test]
    fn a_refusal_names_the_lowest_role_that_may() {
        let needs = |role, act| may(Some(role), act, Target::Other(Speaker)).expect_err("refused");
        assert_eq!(needs(Listener, Act::Mute), Refusal::NotAllowed { needs: Producer });
        assert_eq!(needs(Producer, Act::Lock), Refusal::NotAllowed { needs: CoHost });
        assert_eq!(needs(CoHost, Act::End), Refusal::NotAllowed { needs: Host });
        assert_eq!(may(Some(Producer), Act::Mute, Target::Other(Host)), Err(Refusal::Outranked));
    }

    #[test]
    fn the_site_acts_for_others_but_consents_for_nobody() {
        assert_eq!(may(None, Act::End, Target::Room), Ok(()));
        assert_eq!(may(None, Act::Remove, Target::Other(Host)), Ok(()));
        for act in [Act::Consent, Act::RaiseHand, Act::StepDown, Act::LowerHand] {
            assert_eq!(may(None, act, Target::Room), Err(Refusal::PersonOnly));
        }
    }
}

//! Why a room does not do what it was asked: a sentence for the person and a stable word for programs.

use rostrum_domain::room::{CHAT_MAX, SLOW_MODE_MAX_S, StageRole, TITLE_MAX};

use crate::names::NameError;

macro_rules! refusals {
    ($(
        $(#[doc = $doc:literal])+
        $variant:ident $({ $($field:ident : $type:ty),+ })? $code:literal $text:literal
    ),+ $(,)?) => {
        /// Why a room does not do what it was asked.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        pub enum Refusal {
            $($(#[doc = $doc])+ #[error($text)] $variant $({
                $(#[doc = "What the sentence names."] $field: $type),+
            })?,)+
            /// The role does not allow it; `needs` is the lowest that does.
            #[error("Your role does not allow this; ask a {} of the room.", spoken(*.needs))]
            NotAllowed {
                /// The lowest role that may.
                needs: StageRole,
            },
            /// The name cannot be used at all.
            #[error("{0}")]
            Name(#[from] NameError),
        }

        impl Refusal {
            /// The word that programs go by; it never changes.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $code,)+
                    Self::NotAllowed { .. } => "not_allowed",
                    Self::Name(_) => "name_unusable",
                }
            }

            #[cfg(test)]
            const CODES: &[&str] = &[$($code),+];
        }
    };
}

refusals! {
    /// The room is over.
    Ended "ended" "This room has ended.",
    /// The grant names another room.
    OtherRoom "other_room" "This invitation is for another room; open the link that you were sent for this one.",
    /// A moderator took the person out.
    Removed "removed" "You were removed from this room; ask the host if you think this is a mistake.",
    /// The person, the account or the invitation is banned.
    Banned "banned" "You are banned from this room; ask the host if you think this is a mistake.",
    /// No new people below moderators.
    Locked "locked" "The host has locked the room; ask the host to let you in.",
    /// Every seat is taken; one is kept for the host.
    StageFull "stage_full" "Every seat on the stage is taken; somebody has to step down first.",
    /// Too many people are in the room.
    RoomFull "room_full" "The room cannot take more people at the moment; listen on its page and try again later.",
    /// Somebody else used it.
    InviteUsed "invite_used" "Somebody has already used this invitation; ask the host for one of your own.",
    /// A guest's name could be taken for that of somebody on the stage.
    NameTaken "name_taken" "This name is too much like that of somebody on the stage; please choose another.",
    /// The person asking is not in the room.
    NotHere "not_here" "You are not in this room at the moment; join it again and retry.",
    /// The person meant is not in the room.
    NobodySuch "nobody_such" "This person is no longer in the room.",
    /// The person meant stands as high or higher.
    Outranked "outranked" "This can only be done to somebody whose role is below yours.",
    /// A moderator's mute is not one's own to lift.
    HeldMute "held_mute" "A moderator has muted you; raise it with them if you would like to speak.",
    /// The room takes no hands.
    HandsClosed "hands_closed" "This room does not take raised hands.",
    /// The queue is full.
    HandsFull "hands_full" "Too many hands are up; please try again in a moment.",
    /// Whoever speaks or works the studio needs no hand.
    AlreadyOnStage "already_on_stage" "You are on the stage already.",
    /// There is no hand to answer.
    NoHand "no_hand" "This person's hand is no longer up.",
    /// Nobody without a seat steps down or sends sound.
    NotOnStage "not_on_stage" "You are not on the stage; raise your hand to be invited.",
    /// The host hands over first.
    HostStays "host_stays" "Hand the room over to somebody else before you step down.",
    /// There is one host, and one way to make another.
    HandOverInstead "hand_over_instead" "A room has one host; hand the room over instead of giving the role.",
    /// Needs a person, not the site.
    PersonOnly "person_only" "Only somebody in the room can do this for themselves.",
    /// The room has to be on air.
    NotLive "not_live" "The room is not live yet.",
    /// There is no delay to cut from.
    NoDelay "no_delay" "Nothing is held back: this room goes out without a delay.",
    /// One voice, one sound and one picture a person.
    SecondTrack "second_track" "You are sending this already; stop the first before you start another.",
    /// More tracks than a stage carries.
    TracksFull "tracks_full" "The stage carries no more sounds at the moment; stop one first.",
    /// The role may not send this.
    SilentRole "silent_role" "Your role is not heard; ask the host for a seat.",
    /// Nobody writes.
    ChatOff "chat_off" "The chat of this room is off.",
    /// Only the stage writes.
    ChatStage "chat_stage" "Only those on the stage may write in this room.",
    /// Only people with an account write.
    ChatSignedIn "chat_signed_in" "Sign in to write in this room.",
    /// Slow mode.
    SlowMode { wait_s: u32 } "slow_mode" "Slow mode is on; you can write again in {wait_s} s.",
    /// Too many lines or requests in a short time.
    TooFast "too_fast" "That was too much at once; please wait a few seconds.",
    /// Too long, empty or unreadable.
    BadLine "bad_line" "A line has 1 to {CHAT_MAX} characters of plain text.",
    /// The line is not of this room, or is no longer known.
    NoLine "no_line" "This line is no longer there.",
    /// Too long or empty.
    BadTitle "bad_title" "A marker has a title of 1 to {TITLE_MAX} characters of plain text.",
    /// More markers than a room keeps.
    MarkersFull "markers_full" "This room has as many markers as it can keep.",
    /// Out of range.
    BadSlowMode "bad_slow_mode" "Slow mode waits at most {SLOW_MODE_MAX_S} s.",
    /// A cue of no words, of too many, or of no time.
    BadCue "bad_cue" "A cue has up to 1,000 characters and ends after it begins.",
    /// The list of bans is full.
    BansFull "bans_full" "This room's list of removed people is full; lock the room instead.",
    /// A request without an id that can be remembered.
    BadRequest "bad_request" "A request needs an id of 1 to 64 characters.",
}

/// The role as a sentence names it.
const fn spoken(role: StageRole) -> &'static str {
    match role {
        StageRole::CoHost => "co-host",
        other => other.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_words_and_differ() {
        let codes: BTreeSet<_> = Refusal::CODES.iter().collect();
        assert_eq!(codes.len(), Refusal::CODES.len());
        assert!(codes.iter().all(|code| code.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let refusal = Refusal::NotAllowed { needs: StageRole::CoHost };
        assert_eq!(refusal.to_string(), "Your role does not allow this; ask a co-host of the room.");
        assert_eq!((refusal.code(), Refusal::SlowMode { wait_s: 7 }.code()), ("not_allowed", "slow_mode"));
    }
}

//! Who comes, who goes, who hosts.

use super::*;

#[test]
fn the_removed_stay_out_and_the_banned_come_back_under_no_other_grant() {
    let mut scene = Scene::live();
    let peer = scene.enter(1, StageRole::Speaker);
    let track = scene.voice(1);
    scene.good(HOST, Command::Remove { who: who(1) });
    assert_eq!(scene.goes(track), "nowhere");
    assert!(scene.out.contains(&Output::Disconnect { peer, why: Why::Removed }));
    assert_eq!(scene.join(claims(1, StageRole::Speaker)), Err(Refusal::Removed));
    let again = Claims { participant: who(7), ..claims(1, StageRole::Speaker) };
    scene.join(again.clone()).expect("removed, not banned");
    scene.good(HOST, Command::Ban { who: who(7) });
    assert_eq!(scene.join(Claims { participant: who(6), ..again }), Err(Refusal::Banned));
}

#[test]
fn seats_are_counted_and_one_is_kept_for_the_host() {
    let mut scene = Scene::new(RoomFacts { seats: 3, ..RoomFacts::default() });
    scene.enter(1, StageRole::Speaker);
    scene.enter(2, StageRole::Speaker);
    assert_eq!(scene.join(claims(3, StageRole::Speaker)), Err(Refusal::StageFull));
    scene.enter(HOST, StageRole::Host);
    scene.enter(4, StageRole::Producer);
    scene.enter(5, StageRole::Listener);
    scene.good(5, Command::RaiseHand);
    assert_eq!(scene.ask(HOST, Command::AcceptHand { who: who(5) }), Err(Refusal::StageFull));
    scene.good(1, Command::StepDown);
    scene.good(HOST, Command::AcceptHand { who: who(5) });
    assert_eq!(scene.role(5), Some(StageRole::Speaker));
}

#[test]
fn a_broken_connection_keeps_the_seat_for_a_minute() {
    let mut scene = Scene::live();
    let peer = scene.enter(1, StageRole::Speaker);
    let track = scene.voice(1);
    scene.give(Input::Lost { peer }).expect("noticed");
    assert_eq!(scene.room.wake_us(), scene.now + GRACE_US);
    assert_eq!(scene.goes(track), "nowhere");
    scene.wait(59);
    assert_eq!(scene.role(1), Some(StageRole::Speaker));
    scene.join(claims(1, StageRole::Speaker)).expect("back");
    let again = scene.voice(1);
    assert!(again > track);
    assert_eq!(scene.goes(again), "all", "agreement outlasts a broken line");
    let peer = PeerId(scene.peers);
    scene.give(Input::Lost { peer }).expect("noticed");
    scene.wait(60);
    assert_eq!(scene.role(1), None);
}

#[test]
fn a_second_connection_of_one_person_replaces_the_first() {
    let mut scene = Scene::live();
    let first = scene.enter(1, StageRole::Speaker);
    let track = scene.voice(1);
    scene.give(Input::Join { claims: claims(1, StageRole::Speaker), peer: Some(PeerId(77)) }).expect("let in");
    assert!(scene.out.contains(&Output::Disconnect { peer: first, why: Why::Replaced }));
    assert!(scene.out.contains(&Output::TrackClosed { track }));
    scene.give(Input::Lost { peer: first }).expect("nothing to anybody");
    assert_eq!(scene.role(1), Some(StageRole::Speaker));
    assert_eq!(scene.room.state().present(who(1)).map(|person| person.presence), Some(Presence::Here));
}

#[test]
fn the_earliest_co_host_carries_on_until_the_host_is_back() {
    let mut scene = Scene::live();
    scene.enter(1, StageRole::CoHost);
    scene.enter(2, StageRole::CoHost);
    scene.give(Input::Lost { peer: PeerId(1) }).expect("noticed");
    assert_eq!(scene.role(HOST), Some(StageRole::Host), "the place is kept first");
    assert_eq!(scene.ask(1, Command::End), Err(Refusal::NotAllowed { needs: StageRole::Host }));
    scene.good(1, Command::Marker { title: "Host away".into(), at: None });
    scene.wait(60);
    assert_eq!(
        (scene.role(HOST), scene.role(1), scene.role(2)),
        (None, Some(StageRole::Host), Some(StageRole::CoHost))
    );
    scene.join(claims(HOST, StageRole::Host)).expect("back");
    assert_eq!((scene.role(HOST), scene.role(1)), (Some(StageRole::Host), Some(StageRole::CoHost)));
}

#[test]
fn a_second_host_is_a_co_host_and_hosting_is_handed_over() {
    let mut scene = Scene::hosted();
    scene.enter(1, StageRole::Host);
    assert_eq!(scene.role(1), Some(StageRole::CoHost));
    scene.enter(2, StageRole::Listener);
    scene.good(HOST, Command::HandOver { to: who(2) });
    assert_eq!((scene.role(HOST), scene.role(2)), (Some(StageRole::CoHost), Some(StageRole::Host)));
    assert_eq!(scene.ask(2, Command::StepDown), Err(Refusal::HostStays));
    scene.give(Input::Left { who: who(HOST) }).expect("left");
    scene.join(claims(HOST, StageRole::Host)).expect("back");
    assert_eq!(scene.role(HOST), Some(StageRole::CoHost), "what was handed over stays so");
}

#[test]
fn hands_wait_in_order_one_each() {
    let mut scene = Scene::live();
    for n in [3, 1, 2] {
        scene.enter(n, StageRole::Listener);
        scene.good(n, Command::RaiseHand);
    }
    scene.good(3, Command::RaiseHand);
    assert_eq!(scene.room.state().hands, [who(3), who(1), who(2)]);
    scene.good(1, Command::LowerHand);
    scene.good(HOST, Command::DeclineHand { who: who(2) });
    let declined = Output::Tell { to: vec![PeerId(4)], message: StageMessage::HandDeclined };
    assert!(scene.out.contains(&declined), "{:?}", scene.out);
    assert_eq!(scene.ask(HOST, Command::AcceptHand { who: who(2) }), Err(Refusal::NoHand));
    scene.good(HOST, Command::AcceptHand { who: who(3) });
    assert!(scene.room.state().hands.is_empty());
    let track = scene.voice(3);
    scene.good(3, Command::StepDown);
    assert_eq!((scene.role(3), scene.goes(track)), (Some(StageRole::Listener), "nowhere"));
    assert_eq!(scene.send(3, Source::Voice), Err(Refusal::NotOnStage));
}

#[test]
fn a_listener_without_a_connection_has_a_minute_to_take_the_seat() {
    let mut scene = Scene::live();
    scene.give(Input::Join { claims: claims(1, StageRole::Listener), peer: None }).expect("let in");
    scene.good(1, Command::RaiseHand);
    scene.wait(600);
    scene.good(HOST, Command::AcceptHand { who: who(1) });
    scene.wait(60);
    assert_eq!(scene.role(1), None);
}

#[test]
fn a_locked_room_lets_in_moderators_and_those_whose_place_is_kept() {
    let mut scene = Scene::live();
    let peer = scene.enter(1, StageRole::Speaker);
    scene.good(HOST, Command::Lock { on: true });
    assert_eq!(scene.join(claims(2, StageRole::Speaker)), Err(Refusal::Locked));
    scene.join(claims(3, StageRole::Producer)).expect("moderates");
    scene.give(Input::Lost { peer }).expect("noticed");
    scene.join(claims(1, StageRole::Speaker)).expect("back");
}

#[test]
fn a_once_invitation_is_used_once() {
    let mut scene = Scene::live();
    let invited = Claims { invite: Some(Id::from_bits(5)), ..claims(1, StageRole::Speaker) };
    scene.join(invited.clone()).expect("let in");
    scene.join(invited.clone()).expect("the same person again");
    let other = Claims { participant: who(2), user: None, name: "Other".into(), ..invited };
    assert_eq!(scene.join(other), Err(Refusal::InviteUsed));
    let elsewhere = Claims { room: Id::from_bits(1), ..claims(3, StageRole::Speaker) };
    assert_eq!(scene.join(elsewhere), Err(Refusal::OtherRoom));
}

#[test]
fn guests_do_not_take_the_hosts_name() {
    let mut scene = Scene::live();
    let guest = |name: &str| Claims { user: None, name: name.into(), ..claims(1, StageRole::Speaker) };
    assert_eq!(scene.join(guest("АDА")), Err(Refusal::NameTaken));
    assert!(scene.join(guest("Grace")).is_ok());
    assert_eq!(scene.say(12, 1, "I am the host"), Err(Refusal::NameTaken));
}

//! The room itself: its life, its clock, its memory.

use super::*;

#[test]
fn a_repeated_request_gets_the_same_answer_and_does_nothing() {
    let mut scene = Scene::live();
    scene.enter(1, StageRole::Speaker);
    let ask = |by: u8, request: &str, command: Command| {
        Input::Control(Control { by: Some(who(by)), request: request.into(), command })
    };
    scene.give(ask(0, "m", Command::Mute { who: who(1) })).expect("muted");
    scene.good(0, Command::Unmute { who: who(1) });
    scene.good(1, Command::Unmute { who: who(1) });
    scene.give(ask(0, "m", Command::Mute { who: who(1) })).expect("answered");
    assert!(scene.out.is_empty() && !scene.room.state().people[&who(1)].held);
    assert!(scene.give(ask(1, "m", Command::End)).is_err(), "ids are each person's own");
    assert_eq!(scene.give(ask(0, "", Command::End)), Err(Refusal::BadRequest));
}

#[test]
fn after_a_restart_a_repeat_is_still_known() {
    let mut scene = Scene::live();
    let request =
        || Input::Control(Control { by: Some(who(HOST)), request: "lock".into(), command: Command::Lock { on: true } });
    scene.give(request()).expect("locked");
    scene.good(HOST, Command::Lock { on: false });
    let resume = Resume { snapshot: scene.room.snapshot(), entries: Vec::new(), epoch: 2, program_at: 48_000 };
    scene.room = Room::restore(resume, scene.now);
    scene.drain();
    scene.give(request()).expect("answered");
    assert!(!scene.room.state().locked);
}

#[test]
fn a_restored_room_keeps_everybodys_place_and_the_clock_goes_on() {
    let mut scene = Scene::live();
    scene.enter(1, StageRole::Speaker);
    let track = scene.voice(1);
    scene.wait(2);
    let resume = Resume { snapshot: scene.room.snapshot(), entries: Vec::new(), epoch: 2, program_at: 144_000 };
    scene.room = Room::restore(resume, scene.now);
    scene.drain();
    assert!(scene.audience().contains(&&AudienceEvent::Epoch { epoch: 2 }));
    assert_eq!(scene.goes(track), "nowhere");
    scene.join(claims(1, StageRole::Speaker)).expect("back");
    let again = scene.voice(1);
    assert_eq!((again, scene.goes(again)), (TrackNo(track.0 + 1), "all"));
    assert_eq!(scene.room.program_at(scene.now + S), 192_000);
}

#[test]
fn the_end_is_one_and_nothing_follows() {
    let mut scene = Scene::live();
    let track = scene.voice(HOST);
    scene.wait(1);
    scene.good(HOST, Command::End);
    assert!(scene.out.contains(&Output::Program(ProgramOp::Close { track })));
    assert!(scene.out.contains(&Output::Disconnect { peer: PeerId(1), why: Why::Ended }));
    assert_eq!(scene.room.program_at(scene.now + 9 * S), 48_000);
    scene.good(HOST, Command::End);
    assert_eq!(scene.ask(HOST, Command::GoLive), Err(Refusal::Ended));
    assert_eq!(scene.join(claims(1, StageRole::Speaker)), Err(Refusal::Ended));
    assert_eq!(scene.goes(track), "nowhere");
    assert!(scene.out.is_empty());
}

#[test]
fn counts_and_marks_wait_for_the_beat() {
    let mut scene = Scene::live();
    scene.voice(HOST);
    for count in 1..=3u32 {
        scene.give(Input::Reaction { reaction: crate::audience::Reaction::Clap, count }).expect("counted");
        scene.give(Input::Occupancy { listeners: u64::from(count) }).expect("counted");
        let tracks = vec![Mark { track: TrackNo(1), seq: u64::from(count) }];
        scene.give(Input::Durable { at: 9, tracks }).expect("noted");
        assert!(scene.out.is_empty());
    }
    scene.wait(1);
    let counts = [(crate::audience::Reaction::Clap, 6)].into();
    assert_eq!(scene.audience(), [&AudienceEvent::Reactions { counts }, &AudienceEvent::Occupancy { listeners: 3 }]);
    let durable = StageMessage::Durable { at: 9, tracks: vec![Mark { track: TrackNo(1), seq: 3 }] };
    assert!(scene.out.contains(&Output::Tell { to: vec![PeerId(1)], message: durable }));
}

#[test]
fn a_clock_that_jumps_back_is_held() {
    let mut scene = Scene::live();
    scene.wait(10);
    scene.room.handle(1, Input::Tick).expect("time passes");
    assert!(scene.room.wake_us() >= scene.now);
    assert_eq!(scene.room.program_at(1), 480_000);
}

#[test]
fn what_is_held_back_can_be_cut() {
    let mut scene = Scene::live();
    assert_eq!(scene.ask(HOST, Command::Dump), Err(Refusal::NoDelay));
    let mut scene = Scene::new(RoomFacts { delay_s: 5, ..RoomFacts::default() });
    scene.enter(HOST, StageRole::Host);
    assert_eq!(scene.ask(HOST, Command::Dump), Err(Refusal::NotLive));
    scene.good(HOST, Command::GoLive);
    scene.wait(8);
    scene.good(HOST, Command::Dump);
    assert!(scene.out.contains(&Output::Dump { from: 144_000, to: 384_000 }));
}

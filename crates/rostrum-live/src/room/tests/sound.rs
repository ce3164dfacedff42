//! What is heard, and by whom.

use super::*;

#[test]
fn in_the_green_room_the_stage_hears_itself_and_nothing_goes_out() {
    let mut scene = Scene::hosted();
    let track = scene.voice(HOST);
    let peer = scene.enter(1, StageRole::Speaker);
    assert_eq!(scene.goes(track), "stage");
    assert_eq!(scene.room.recipients(track).collect::<Vec<_>>(), [peer]);
    scene.good(HOST, Command::GoLive);
    assert!(scene.out.contains(&Output::StateChanged(RoomState::Live)));
    let open = ProgramOp::Open { track, who: who(HOST), source: Source::Voice, at: 0, muted: false };
    assert!(scene.out.contains(&Output::Program(open)));
    assert_eq!(scene.goes(track), "all");
}

#[test]
fn nobody_is_heard_before_they_agree_or_after_they_no_longer_do() {
    let mut scene = Scene::live();
    scene.join(claims(1, StageRole::Speaker)).expect("let in");
    let track = scene.voice(1);
    assert_eq!(scene.goes(track), "nowhere");
    scene.good(1, Command::Consent { given: true });
    assert_eq!(scene.goes(track), "all");
    scene.good(1, Command::Consent { given: false });
    assert_eq!(scene.goes(track), "nowhere");
    assert!(scene.out.contains(&Output::Program(ProgramOp::Close { track })));
}

#[test]
fn a_mute_is_obeyed_and_a_moderators_is_not_ones_own_to_lift() {
    let mut scene = Scene::live();
    scene.enter(1, StageRole::Speaker);
    let track = scene.voice(1);
    scene.good(1, Command::Mute { who: who(1) });
    assert_eq!(scene.goes(track), "nowhere");
    scene.good(1, Command::Unmute { who: who(1) });
    assert_eq!(scene.goes(track), "all");
    scene.good(HOST, Command::Mute { who: who(1) });
    assert!(scene.out.contains(&Output::Program(ProgramOp::Mute { track, on: true })));
    assert_eq!(scene.ask(1, Command::Unmute { who: who(1) }), Err(Refusal::HeldMute));
    scene.good(HOST, Command::Unmute { who: who(1) });
    assert_eq!(scene.goes(track), "nowhere", "nobody opens another's microphone");
    scene.good(1, Command::Unmute { who: who(1) });
    assert_eq!(scene.goes(track), "all");
}

#[test]
fn who_speaks_is_told_at_most_twice_a_second() {
    let mut scene = Scene::live();
    let track = scene.voice(HOST);
    let mut told = 0;
    for packet in 0..250u64 {
        scene.now += 20_000;
        let level = if packet < 100 { 25 } else { 100 };
        assert!(scene.room.packet(scene.now, track, Some(level)).goes());
        if scene.room.wake_us() <= scene.now {
            scene.give(Input::Tick).expect("time passes");
            told += scene.audience().len();
        }
    }
    assert_eq!(told, 2, "began and ceased");
}

#[test]
fn sounds_and_pictures_go_their_own_way() {
    let mut scene = Scene::live();
    scene.enter(1, StageRole::Producer);
    assert_eq!(scene.send(1, Source::Voice), Err(Refusal::SilentRole));
    let sound = scene.send(1, Source::Sound).expect("producers play sounds");
    assert_eq!(scene.send(1, Source::Sound), Err(Refusal::SecondTrack));
    assert_eq!((scene.goes(sound), scene.room.slot(sound)), ("all", Some(0)));
    let picture = scene.send(HOST, Source::Video).expect("kept");
    assert_eq!((scene.goes(picture), scene.room.slot(picture)), ("journal", None));
}

#[test]
fn who_speaks_while_the_room_goes_live_is_shown() {
    let mut scene = Scene::hosted();
    let track = scene.voice(HOST);
    let speak = |scene: &mut Scene| {
        let mut shown = Vec::new();
        for _ in 0..100 {
            scene.now += S / 50;
            scene.room.packet(scene.now, track, Some(20));
            scene.give(Input::Tick).expect("time passes");
            shown.extend(scene.audience().into_iter().cloned());
        }
        shown
    };
    assert!(speak(&mut scene).is_empty(), "nobody listens to a green room");
    scene.good(HOST, Command::GoLive);
    assert_eq!(speak(&mut scene), [AudienceEvent::Speaking { who: vec![who(HOST)] }]);
}

//! The chat.

use super::*;

#[test]
fn somebody_who_only_writes_is_banned_by_account() {
    let mut scene = Scene::live();
    scene.say(5, 1, "spam").expect("written");
    scene.good(HOST, Command::Ban { who: who(5) });
    let other =
        Said { id: Id::from_bits(2), who: who(6), user: Some(Id::from_bits(105)), name: "X".into(), text: "y".into() };
    assert_eq!(scene.give(Input::Chat(other)), Err(Refusal::Banned));
    assert_eq!(scene.say(5, 3, "more"), Err(Refusal::Removed));
}

#[test]
fn the_chat_keeps_to_its_rules() {
    let mut scene = Scene::live();
    scene.say(5, 1, "  hello  ").expect("written");
    let hello = scene.room.state().tail[0].clone();
    assert_eq!((hello.text.as_str(), hello.badge), ("hello", Badge::SignedIn));
    for again in [1, 7 << 80 | 1] {
        scene.say(5, again, "hello").expect("the same line again, a moment later");
        assert!(scene.out.is_empty());
    }
    assert_eq!(scene.say(5, 2, "a\u{7}b"), Err(Refusal::BadLine));
    scene.good(HOST, Command::SlowMode { seconds: 10 });
    assert_eq!(scene.say(5, 3, "more"), Err(Refusal::SlowMode { wait_s: 10 }));
    scene.wait(10);
    scene.say(5, 3, "more").expect("waited");
    scene.say(HOST, 4, "one").expect("moderators do not wait");
    assert_eq!(scene.room.state().tail[2].badge, Badge::Host);
    scene.good(HOST, Command::Pin { line: Some(Id::from_bits(1)) });
    scene.good(HOST, Command::DeleteChat { line: Id::from_bits(1) });
    assert_eq!(scene.audience(), [&AudienceEvent::ChatRemoved { id: Id::from_bits(1) }]);
    assert!(scene.room.state().pinned.is_none());
    assert_eq!(scene.ask(HOST, Command::Pin { line: Some(Id::from_bits(1)) }), Err(Refusal::NoLine));
}

#[test]
fn a_flood_of_lines_or_requests_is_held_back() {
    let mut scene = Scene::live();
    let taken = (0..20u128).filter(|line| scene.say(5, 10 + line, "x").is_ok()).count();
    assert_eq!(taken, 5);
    scene.enter(1, StageRole::Speaker);
    let refused = (0..60).filter(|n| {
        let command = if n % 2 == 0 { Command::Mute { who: who(1) } } else { Command::Unmute { who: who(1) } };
        scene.ask(1, command) == Err(Refusal::TooFast)
    });
    assert!(refused.count() > 20);
}

#[test]
fn a_room_may_close_its_chat() {
    for (rule, refusal) in [(ChatRule::Off, Refusal::ChatOff), (ChatRule::Stage, Refusal::ChatStage)] {
        let mut scene = Scene::new(RoomFacts { chat: rule, ..RoomFacts::default() });
        assert_eq!(scene.say(5, 1, "hello"), Err(refusal));
    }
    let mut scene = Scene::new(RoomFacts { chat: ChatRule::SignedIn, ..RoomFacts::default() });
    assert_eq!(scene.say(12, 1, "hello"), Err(Refusal::ChatSignedIn));
    scene.say(5, 1, "hello").expect("signed in");
}

//! Long recordings: what is held in memory and on the disk does not grow with them beyond what is known of each second.

use std::time::Duration;

use rostrum_tests::{Program, Server, Stubborn, eventually, minutes_of_mp3, say};

/// Long enough for half a day of sound on a busy machine.
const PATIENCE: Duration = Duration::from_secs(3 * 3600);
/// Memory that the longer recording may take more than the shorter one, in KiB for each minute: every hundredth of a
/// second has its level in the analysis, every packet its size.
const KIB_PER_MINUTE: u64 = 512;
/// Memory that two runs of the same work differ by.
const KIB_OF_CHANCE: u64 = 48 * 1024;

/// What a recording cost at its highest.
#[derive(Debug)]
struct Cost {
    memory_kib: u64,
    disk_bytes: u64,
    kept_bytes: u64,
    took: Duration,
}

#[tokio::test]
async fn a_longer_recording_takes_hardly_more_memory() {
    let server = Server::spawn().await;
    let program = Program::new(&server).await;
    let show = program.show(&server).await;
    let short = cost(&server, (&program, &show), 2).await;
    let long = cost(&server, (&program, &show), 16).await;
    check(&short, &long, 14);
}

#[tokio::test]
#[ignore = "long: twelve hours of sound"]
async fn twelve_hours_come_through() {
    let server = Server::spawn().await;
    let program = Program::new(&server).await;
    let show = program.show(&server).await;
    let short = cost(&server, (&program, &show), 2).await;
    let long = cost(&server, (&program, &show), 12 * 60).await;
    let Cost { memory_kib, disk_bytes, kept_bytes, took } = &long;
    let (memory, disk, kept) = (memory_kib >> 10, disk_bytes >> 20, kept_bytes >> 20);
    say(&format!("{took:.0?}; {memory} MiB of memory, {disk} MiB of disk at most; {kept} MiB kept"));
    check(&short, &long, 12 * 60 - 2);
}

fn check(short: &Cost, long: &Cost, minutes_more: u64) {
    let more_kib = long.memory_kib.saturating_sub(short.memory_kib);
    let allowed_kib = KIB_OF_CHANCE + KIB_PER_MINUTE * minutes_more;
    assert!(more_kib <= allowed_kib, "{more_kib} KiB more, not {allowed_kib}: {short:?} {long:?}");
    // Packets wait in one file each while they are wrapped into another.
    let allowed_bytes = 2 * long.kept_bytes + (8 << 20);
    assert!(long.disk_bytes <= allowed_bytes, "{} bytes on the disk, not {allowed_bytes}", long.disk_bytes);
}

async fn cost(server: &Server, (program, show): (&Program, &str), minutes: u32) -> Cost {
    let before = server.disk_bytes();
    let recording = minutes_of_mp3(minutes, server.scratch());
    let client = Stubborn::new(program, show);
    let began = tokio::time::Instant::now();
    let episode = client.upload(&recording).await;
    let (mut memory_kib, mut disk_bytes, mut looks) = (0, 0, 0u32);
    let path = format!("/api/v1/episodes/{episode}");
    let found = eventually(PATIENCE, "the renditions are there", async || {
        looks += 1;
        if looks % 4 == 1 {
            memory_kib = memory_kib.max(server.memory_kib());
            disk_bytes = disk_bytes.max(server.disk_bytes() - before);
            let found = program.call("GET", &path, None).await;
            return (found["renditions"].as_array().map_or(0, Vec::len) == 3).then_some(found);
        }
        None
    })
    .await;
    let took = began.elapsed();
    for file in found["renditions"].as_array().expect("there are three") {
        let minutes_ms = i64::from(minutes) * 60_000;
        let length_ms = file["duration_ms"].as_i64().expect("audio has a length");
        // Each minute was filled up to a whole frame.
        assert!((length_ms - minutes_ms).abs() < 100 * i64::from(minutes), "{length_ms} ms of {minutes} minutes");
    }
    Cost { memory_kib, disk_bytes, kept_bytes: server.disk_bytes() - before, took }
}

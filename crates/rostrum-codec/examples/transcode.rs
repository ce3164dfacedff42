//! Probes, measures and encodes one recording and says how long each step took: `transcode FILE DIR`.
//! The child is this same program, as in the product.

use std::fs::File;
use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use rostrum_codec::{Client, Limits, Spool, TranscodeRequest};
use rostrum_media::{Codec, Tags, package};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let first = args.next().unwrap_or_default();
    if first == rostrum_codec::CHILD_COMMAND {
        return rostrum_codec::child_main(args);
    }
    let dir = args.next().unwrap_or_else(|| ".".into());
    let done = tokio::runtime::Runtime::new()
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(run(PathBuf::from(first), PathBuf::from(dir))));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(stdout(), "{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(file: PathBuf, dir: PathBuf) -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(std::env::current_exe()?, Limits { nice: 0, ..Limits::default() });
    let mut clock = Instant::now();
    let mut lap = |what: &str| {
        let elapsed_ms = clock.elapsed().as_millis();
        clock = Instant::now();
        writeln!(stdout(), "{what}: {elapsed_ms} ms")
    };
    let probe = client.probe(File::open(&file)?).await?;
    lap("probe")?;
    let analysis = client.analyse(File::open(&file)?, &probe).await?;
    lap("analyse")?;
    writeln!(stdout(), "{analysis:?}")?;
    let request = TranscodeRequest::new(&probe, &analysis);
    let parts = Codec::ALL.map(|codec| Ok((codec, tempfile::tempfile()?)));
    let spool = Spool::new(parts.into_iter().collect::<std::io::Result<_>>()?, |_, _| {});
    let (done, spool) = client.transcode(File::open(&file)?, &request, spool).await?;
    lap("transcode")?;
    writeln!(stdout(), "loudness {:?} LUFS, {} samples", done.loudness_lufs, done.samples)?;
    for (stream, data) in spool.finish(&done, analysis.mix.channels())? {
        let path = dir.join(match stream.codec {
            Codec::Mp3 => "out.mp3",
            Codec::Aac => "out.m4a",
            Codec::Opus => "out.opus",
        });
        package(&stream, &Tags::default(), data, File::create(path)?)?;
    }
    lap("package")?;
    Ok(())
}

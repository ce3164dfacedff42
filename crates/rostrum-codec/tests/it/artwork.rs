//! Covers: square, small, harmless; refusals that say what to do.

use std::io::Write;
use std::path::Path;

use rostrum_codec::{Artwork, ArtworkRequest, Error, Fit};

use crate::support::{client, ffprobe, make, open};

async fn cover(path: &Path, fit: Fit) -> Result<Artwork, Error> {
    client().artwork(open(path), ArtworkRequest::cover(fit)).await
}

async fn refusal_of(bytes: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::with_suffix(".png").unwrap();
    file.write_all(bytes).unwrap();
    match cover(file.path(), Fit::Crop).await {
        Err(Error::Rejected { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_picture_becomes_a_square_jpeg() {
    let dir = tempfile::tempdir().unwrap();
    let red = "color=c=0xc02030:s=2000x1500,format=rgba,colorchannelmixer=aa=1";
    for name in ["wide.png", "wide.jpg", "wide.webp"] {
        let path = make(&dir, name, &["-f", "lavfi", "-i", red, "-frames:v", "1"]);
        let cropped = cover(&path, Fit::Crop).await.unwrap();
        assert_eq!(cropped.side_px, 1500, "{name}");
        let (r, b) = (&cropped.accent[1..3], &cropped.accent[5..7]);
        assert!(
            u8::from_str_radix(r, 16).unwrap() > 150 && u8::from_str_radix(b, 16).unwrap() < 90,
            "{}",
            cropped.accent
        );
        let padded = cover(&path, Fit::Pad).await.unwrap();
        assert_eq!(padded.side_px, 2000, "{name}");
        let out = dir.path().join("out.jpg");
        std::fs::write(&out, &padded.jpeg).unwrap();
        let facts = ffprobe(&out);
        assert_eq!((&facts["streams"][0]["width"], &facts["streams"][0]["height"]), (&2000.into(), &2000.into()));
    }
}

#[tokio::test]
async fn a_busy_picture_still_fits_the_limit_and_carries_nothing_along() {
    let dir = tempfile::tempdir().unwrap();
    let noise = "color=gray:s=2200x2000,noise=alls=60:allf=t";
    let args = ["-f", "lavfi", "-i", noise, "-frames:v", "1", "-q:v", "2", "-metadata", "comment=secret place"];
    let path = make(&dir, "busy.jpg", &args);
    let cover = cover(&path, Fit::Crop).await.unwrap();
    assert!(cover.jpeg.len() <= 512_000 && cover.side_px >= 1400, "{} bytes, {} px", cover.jpeg.len(), cover.side_px);
    assert!(!cover.jpeg.windows(6).any(|six| six == b"secret"));
}

#[tokio::test]
async fn what_is_no_usable_picture_is_refused_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let small = make(&dir, "small.png", &["-f", "lavfi", "-i", "testsrc=s=1399x2000", "-frames:v", "1"]);
    let reason = cover(&small, Fit::Crop).await.unwrap_err().to_string();
    assert!(reason.contains("1399 by 2000") && reason.contains("1400 by 1400"), "{reason}");
    assert!(cover(&small, Fit::Pad).await.is_ok());
    for (bytes, words) in [
        (&b""[..], "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "Only JPEG, PNG and WebP"),
        (b"GIF89a", "Only JPEG, PNG and WebP"),
        (b"\x89PNG\r\n\x1a\n broken", "damaged"),
        (&huge_png(), "too many pixels"),
    ] {
        let reason = refusal_of(bytes).await;
        assert!(reason.contains(words), "{words}: {reason}");
    }
}

/// A PNG header that says 50,000 by 50,000.
fn huge_png() -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(50_000u32.to_be_bytes());
    header.extend(50_000u32.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let crc = header.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    });
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    png.extend(header);
    png.extend((!crc).to_be_bytes());
    png.extend(b"\0\0\0\0IDAT");
    png
}

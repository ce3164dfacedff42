//! Pictures: decoded within limits, made square, flattened, encoded again as JPEG; nothing of the original file, its
//! metadata included, survives.

use std::io::BufReader;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use super::input::Input;
use super::{Output, Stop};
use crate::frame;
use crate::message::{ArtworkRequest, Fit, Reply};

/// Largest picture decoded, in pixels a side and in all, and what its decoder may allocate.
const SIDE_PX_MAX: u32 = 16_000;
const PIXELS_MAX: u64 = 64_000_000;
const ALLOC_BYTES_MAX: u64 = 400 << 20;
const FILE_BYTES_MAX: u64 = 64 << 20;
/// Range of JPEG quality.
const QUALITY_BEST: u8 = 90;
const QUALITY_WORST: u8 = 40;
/// What a picture of the smallest side may come down to.
const QUALITY_LAST: u8 = 8;

pub(crate) fn run(input: &Input, request: ArtworkRequest, output: &Output) -> Result<Reply, Stop> {
    let picture = decode(input)?;
    let (smallest, largest) = request.side_px;
    let (width, height) = picture.dimensions();
    let deciding = match request.fit {
        Fit::Crop => width.min(height),
        Fit::Pad => width.max(height),
    };
    if deciding < smallest {
        let reason = format!(
            "This picture is {width} by {height} pixels; podcast directories ask for at least {smallest} by \
             {smallest}. Please upload a larger one."
        );
        return Err(Stop::refused(reason));
    }
    let square = square(&flatten(&picture), request.fit, deciding.min(largest));
    let accent = accent(&square);
    let (jpeg, side_px) = encode(&square, request)?;
    output.with(|mut out| frame::put_picture(&mut out, &jpeg))?;
    Ok(Reply::Drawn { side_px, accent })
}

fn decode(input: &Input) -> Result<DynamicImage, Stop> {
    let head = input.head(0, 1024)?;
    let format = match &head[..] {
        [] => return Err(Stop::refused("This file is empty. Please choose a picture.")),
        [0x89, b'P', b'N', b'G', ..] => ImageFormat::Png,
        [0xff, 0xd8, 0xff, ..] => ImageFormat::Jpeg,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => ImageFormat::WebP,
        _ => {
            return Err(Stop::refused(
                "Only JPEG, PNG and WebP pictures are accepted. Please convert it to one of these.",
            ));
        }
    };
    if input.length() > FILE_BYTES_MAX {
        return Err(Stop::refused("This picture is larger than 64 MB. Please upload a smaller one."));
    }
    let broken = |_| Stop::refused("This picture cannot be read; it may be damaged. Please export it again.");
    let mut reader = ImageReader::with_format(BufReader::new(input.cursor()), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_PX_MAX);
    limits.max_image_height = Some(SIDE_PX_MAX);
    limits.max_alloc = Some(ALLOC_BYTES_MAX);
    reader.limits(limits);
    let too_large = || Stop::refused("This picture has too many pixels. Please upload one of at most 8000 by 8000.");
    let mut decoder = reader.into_decoder().map_err(|error| match error {
        image::ImageError::Limits(_) => too_large(),
        other => broken(other),
    })?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(too_large());
    }
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Puts a picture with transparency on white.
fn flatten(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let source = picture.to_rgba8();
    let blend = |value: u8, alpha: u8| {
        let alpha = u32::from(alpha);
        ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    RgbImage::from_fn(source.width(), source.height(), |x, y| {
        let [r, g, b, a] = source.get_pixel(x, y).0;
        Rgb([blend(r, a), blend(g, a), blend(b, a)])
    })
}

fn square(picture: &RgbImage, fit: Fit, side: u32) -> RgbImage {
    let (width, height) = picture.dimensions();
    match fit {
        Fit::Crop => {
            let kept = width.min(height);
            let (x, y) = ((width - kept) / 2, (height - kept) / 2);
            let middle = image::imageops::crop_imm(picture, x, y, kept, kept).to_image();
            resize(middle, side, side)
        }
        Fit::Pad => {
            let scale = f64::from(side) / f64::from(width.max(height));
            let length = |value: u32| ((f64::from(value) * scale).round() as u32).clamp(1, side);
            let inner = resize(picture.clone(), length(width), length(height));
            let mut ground = RgbImage::from_pixel(side, side, edge_colour(&inner));
            let (x, y) = ((side - inner.width()) / 2, (side - inner.height()) / 2);
            image::imageops::replace(&mut ground, &inner, i64::from(x), i64::from(y));
            ground
        }
    }
}

fn resize(picture: RgbImage, width: u32, height: u32) -> RgbImage {
    if picture.dimensions() == (width, height) {
        return picture;
    }
    image::imageops::resize(&picture, width, height, FilterType::CatmullRom)
}

/// Mean of the outermost pixels.
fn edge_colour(picture: &RgbImage) -> Rgb<u8> {
    let (width, height) = picture.dimensions();
    let (mut sums, mut count) = ([0u64; 3], 0);
    for (x, y, pixel) in picture.enumerate_pixels() {
        if x == 0 || y == 0 || x + 1 == width || y + 1 == height {
            sums.iter_mut().zip(pixel.0).for_each(|(sum, value)| *sum += u64::from(value));
            count += 1;
        }
    }
    Rgb(sums.map(|sum| (sum / count.max(1)) as u8))
}

/// The colour that stands out: pixels vote for one of 4096 shades, vivid ones with more weight than grey ones.
fn accent(picture: &RgbImage) -> String {
    let small = image::imageops::thumbnail(picture, 64, 64);
    let mut votes = vec![(0u64, [0u64; 3]); 4096];
    for pixel in small.pixels() {
        let [r, g, b] = pixel.0;
        let (high, low) = (r.max(g).max(b), r.min(g).min(b));
        let weight = 8 + u64::from(high - low) * u64::from(high) / 64;
        let shade = usize::from(r >> 4) << 8 | usize::from(g >> 4) << 4 | usize::from(b >> 4);
        let (sum, colours) = &mut votes[shade];
        *sum += weight;
        colours.iter_mut().zip(pixel.0).for_each(|(colour, value)| *colour += u64::from(value) * weight);
    }
    let (sum, colours) = votes.into_iter().max_by_key(|(sum, _)| *sum).unwrap_or_default();
    let [r, g, b] = colours.map(|colour| colour / sum.max(1));
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// The picture as JPEG and its side, as good as fits: quality goes down first, then size to the smallest allowed, then
/// quality without bound.
fn encode(picture: &RgbImage, request: ArtworkRequest) -> Result<(Vec<u8>, u32), Stop> {
    let (side, smallest) = (picture.width(), request.side_px.0);
    let fits = |jpeg: &Vec<u8>| jpeg.len() <= request.bytes_max;
    let best = jpeg(picture, QUALITY_BEST)?;
    if fits(&best) {
        return Ok((best, side));
    }
    let worst = if side > smallest { QUALITY_WORST } else { QUALITY_LAST };
    let mut fitting = jpeg(picture, worst)?;
    if !fits(&fitting) {
        if side <= smallest {
            return Err(Stop::refused("This picture has too much detail to be made small enough for directories."));
        }
        let side = (side * 3 / 4).max(smallest);
        return encode(&resize(picture.clone(), side, side), request);
    }
    let (mut low, mut high) = (worst, QUALITY_BEST);
    while high - low > 6 {
        let middle = low.midpoint(high);
        let tried = jpeg(picture, middle)?;
        if fits(&tried) {
            (low, fitting) = (middle, tried);
        } else {
            high = middle;
        }
    }
    Ok((fitting, side))
}

fn jpeg(picture: &RgbImage, quality: u8) -> Result<Vec<u8>, Stop> {
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, quality);
    picture.write_with_encoder(encoder).map_err(|error| Stop::Failed(error.to_string()))?;
    Ok(jpeg)
}

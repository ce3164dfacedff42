//! The one module with unsafe code: what ffmpeg-next offers no safe way to, each block with its proof.
#![expect(unsafe_code, reason = "libavformat's forced demuxer, facts of an encoder, fresh descriptors, libopus")]

pub(crate) mod opus;

use std::ffi::CString;
use std::io::{Read, Seek};
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};

use ffmpeg_next::ffi;
use ffmpeg_next::format::context::{Input, StreamIo};
use ffmpeg_next::{Dictionary, Error, codec};

/// Opens `reader` with the demuxer named `demuxer` and no other, with the options given; reads the streams' facts.
pub(crate) fn open_input<R>(reader: R, demuxer: &str, options: Dictionary) -> Result<Input, Error>
where
    R: Read + Seek + Send + 'static,
{
    let name = CString::new(demuxer).map_err(|_| Error::DemuxerNotFound)?;
    let mut io = StreamIo::from_read_seek(reader)?;
    // SAFETY: `name` is a NUL-terminated string that outlives the call; the result is null or points to static data.
    let format = unsafe { ffi::av_find_input_format(name.as_ptr()) };
    if format.is_null() {
        return Err(Error::DemuxerNotFound);
    }
    // SAFETY: no arguments; the result is null, which is checked, or a context we own.
    let mut context = unsafe { ffi::avformat_alloc_context() };
    if context.is_null() {
        return Err(Error::from(ffi::AVERROR(ffi::ENOMEM)));
    }
    // SAFETY: `context` is valid and ours alone. `io` outlives it: on success it moves into the `Input` that owns the
    // context, on failure it is dropped after `avformat_open_input` has freed the context (the custom-IO flag leaves
    // `pb` to us). `options` are handed over by `disown` and taken back whatever happened.
    unsafe {
        (*context).pb = io.as_mut_ptr();
        (*context).flags |= ffi::AVFMT_FLAG_CUSTOM_IO;
        let mut options = options.disown();
        let result = ffi::avformat_open_input(&raw mut context, std::ptr::null(), format, &raw mut options);
        drop(Dictionary::own(options));
        if result < 0 {
            return Err(Error::from(result));
        }
    }
    // SAFETY: the context was opened above with `io` as its `pb`; `Input` takes both and closes them in order.
    let mut input = unsafe { Input::wrap_with_custom_io(context, io) };
    // SAFETY: `input` is open and borrowed for the call; null means no options for the single streams.
    let result = unsafe { ffi::avformat_find_stream_info(input.as_mut_ptr(), std::ptr::null_mut()) };
    if result < 0 { Err(Error::from(result)) } else { Ok(input) }
}

/// Samples an opened encoder puts before the first it was given, and its out-of-band configuration.
pub(crate) fn encoder_facts(encoder: &codec::Context) -> (u32, Vec<u8>) {
    // SAFETY: the context is valid as long as the reference; `extradata` is null or `extradata_size` bytes that
    // live as long as the context, and they are copied before the borrow ends.
    unsafe {
        let context = &*encoder.as_ptr();
        let length = usize::try_from(context.extradata_size).unwrap_or_default();
        let config = if context.extradata.is_null() {
            Vec::new()
        } else {
            std::slice::from_raw_parts(context.extradata, length).to_vec()
        };
        (u32::try_from(context.initial_padding).unwrap_or_default(), config)
    }
}

/// Closes those of `descriptors` that this process inherited by mistake: they are not marked to be closed on exec,
/// which everything that was opened since is.
pub(crate) fn close_inherited(descriptors: &[RawFd]) {
    for descriptor in descriptors.iter().copied().filter(|descriptor| *descriptor > 2) {
        // SAFETY: the number is only asked about during the call; one that is closed by now gives an error.
        let flags = rustix::io::fcntl_getfd(unsafe { BorrowedFd::borrow_raw(descriptor) });
        if flags.is_ok_and(|flags| !flags.contains(rustix::io::FdFlags::CLOEXEC)) {
            // SAFETY: called once, at the start of the child's main and on its only thread; what is open without the
            // mark came from the parent, nobody here owns it, so taking and dropping it closes it exactly once.
            drop(unsafe { OwnedFd::from_raw_fd(descriptor) });
        }
    }
}

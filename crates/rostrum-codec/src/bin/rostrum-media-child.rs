//! The sandboxed child as a program of its own, for this crate's tests; the product re-executes itself instead.

fn main() -> std::process::ExitCode {
    let mut args = std::env::args().skip(1);
    if args.next().as_deref() != Some(rostrum_codec::CHILD_COMMAND) {
        return std::process::ExitCode::from(2);
    }
    rostrum_codec::child_main(args)
}

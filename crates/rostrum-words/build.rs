//! Makes cargo look again when a message file is added, since the embedding macro only tracks files it has seen.

fn main() {
    println!("cargo:rerun-if-changed=../../locales");
}

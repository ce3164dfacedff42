//! Makes cargo look again when a static file is added, since the embedding macro only tracks files it has seen.

fn main() {
    println!("cargo:rerun-if-changed=../../static");
    println!("cargo:rerun-if-changed=../../templates");
}

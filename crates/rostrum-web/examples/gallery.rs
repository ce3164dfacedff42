//! Writes every sample page and the static files into a folder, for looking at: serve it with any file server. A second
//! argument is the language.

use std::path::Path;

use rostrum_words::Lang;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "gallery".to_owned());
    let folder = Path::new(&folder);
    let lang = std::env::args().nth(2).map_or(Lang::ENGLISH, |tag| Lang::find(&tag).expect("a language of locales/"));
    for path in rostrum_web::assets::paths() {
        let file = rostrum_web::assets::lookup(path).expect("listed files are found");
        write(&folder.join(&rostrum_web::assets::url(path)[1..]), &file.bytes)?;
    }
    let mut index = String::from("<!doctype html><html lang=en><title>Gallery</title><h1>Gallery</h1><ul>");
    for sample in rostrum_web::views::samples::gallery(lang) {
        write(&folder.join(format!("{}.html", sample.name)), sample.html.as_bytes())?;
        index.push_str(&format!("<li><a href=\"{0}.html\">{0}</a>", sample.name));
    }
    write(&folder.join("index.html"), index.as_bytes())
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(path, bytes)
}

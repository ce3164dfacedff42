//! Fetching: every function through which an address that somebody names is fetched is listed here, with the words by
//! which two tests drive the hostile addresses through it: one of the use-cases, one of the whole server.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprCall, ExprField, ExprMethodCall, ImplItemFn, ItemFn, ItemMod, Member};

use crate::sizes::is_test;
use crate::tree::{Breach, judge, own, text};

/// Where the hostile addresses are driven through the use-cases, and through a whole server.
const INSIDE: &str = "crates/rostrum-app/src/fetching.rs";
const OUTSIDE: &str = "tests/stories/inward.rs";

/// A file, its functions that fetch, and what [`INSIDE`] and [`OUTSIDE`] say where they drive them.
type Way = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const WAYS: [Way; 2] = [
    (
        "crates/rostrum-app/src/artwork.rs",
        &["bytes_at", "fetch", "fetch_of_episode"],
        &["artwork::fetch(", "artwork::fetch_of_episode("],
        &["{owner}/artwork", "\"artwork_url\""],
    ),
    (
        "crates/rostrum-app/src/jobs/portrait.rs",
        &["draw", "run"],
        &["portraits::of_show("],
        &["\"PATCH\", owner", "post_form(page"],
    ),
];

/// Where the client is made.
const MAKERS: [&str; 1] = ["crates/rostrum/src/roles/site.rs"];

#[test]
fn whatever_fetches_is_driven_through_hostile_addresses() {
    let known: BTreeMap<&str, &Way> = WAYS.iter().map(|way| (way.0, way)).collect();
    let mut breaches = Vec::new();
    let mut seen = BTreeSet::new();
    for path in own(&["rs"]).iter().filter(|path| is_product(path)) {
        let found = fetching(&text(path));
        let listed: BTreeSet<String> =
            known.get(path.as_str()).iter().flat_map(|way| way.1).map(|name| (*name).to_owned()).collect();
        for name in found.difference(&listed) {
            let note = format!("{name} fetches; drive {INSIDE} and {OUTSIDE} through it, then list it");
            breaches.push(Breach::at(path, note));
        }
        let gone = listed.difference(&found).map(|name| Breach::at(path, format!("{name} fetches nothing any more")));
        breaches.extend(gone);
        seen.extend(known.get_key_value(path.as_str()).map(|(path, _)| *path));
    }
    breaches.extend(known.keys().filter(|path| !seen.contains(*path)).map(|path| Breach::at(path, "is not there")));
    let (inside, outside) = (text(INSIDE), text(OUTSIDE));
    for (path, _, within, over_all) in WAYS {
        let missing = |words: &'static [&'static str], text: &str, place: &str| {
            let missing: Vec<_> = words.iter().filter(|words| !text.contains(**words)).collect();
            missing.into_iter().map(|words| Breach::at(path, format!("{place} says nothing of {words}"))).collect()
        };
        breaches.extend::<Vec<_>>(missing(within, &inside, INSIDE));
        breaches.extend::<Vec<_>>(missing(over_all, &outside, OUTSIDE));
    }
    judge("fetching", &breaches);
}

#[test]
fn the_client_that_fetches_is_made_in_one_place() {
    let making = |path: &String| is_product(path) && text(path).contains("Fetcher::");
    let strange = own(&["rs"]).into_iter().filter(making).filter(|path| !MAKERS.contains(&path.as_str()));
    judge("fetchers", &strange.map(|path| Breach::at(&path, "makes a client of its own")).collect::<Vec<_>>());
}

/// Whether it is part of what runs in a house, and not the client itself.
fn is_product(path: &str) -> bool {
    let tests = path.contains("/tests/") || path.ends_with("/testing.rs") || path == INSIDE;
    path.starts_with("crates/") && path.contains("/src/") && !path.starts_with("crates/rostrum-fetch/") && !tests
}

/// Names of a file's functions that ask the client for something, by themselves or through another of the file.
fn fetching(text: &str) -> BTreeSet<String> {
    let mut reader = Reader::default();
    reader.visit_file(&syn::parse_file(text).expect("the compiler reads it too"));
    let mut found: BTreeSet<String> = BTreeSet::new();
    loop {
        let asks = |of: &Uses| of.client || of.calls.iter().any(|name| found.contains(name));
        let more: Vec<String> = reader
            .0
            .iter()
            .filter(|(name, of)| !found.contains(*name) && asks(of))
            .map(|(name, _)| name.clone())
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

/// What a function uses.
#[derive(Default)]
struct Uses {
    /// The field that every context has.
    client: bool,
    /// What it calls, by the last part of the name.
    calls: BTreeSet<String>,
}

/// The functions of a file, tests left out.
#[derive(Default)]
struct Reader(BTreeMap<String, Uses>);

impl Reader {
    fn add(&mut self, name: &syn::Ident, body: &Block) {
        self.0.entry(name.to_string()).or_default().visit_block(body);
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        if !function.attrs.iter().any(is_test) {
            self.add(&function.sig.ident, &function.block);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.add(&function.sig.ident, &function.block);
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !module.attrs.iter().any(is_test) {
            visit::visit_item_mod(self, module);
        }
    }
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_expr_field(&mut self, field: &'ast ExprField) {
        self.client |= matches!(&field.member, Member::Named(name) if name == "fetcher");
        visit::visit_expr_field(self, field);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let Expr::Path(path) = &*call.func
            && path.path.segments.len() <= 2
        {
            let own = path.path.segments.len() == 1 || path.path.segments[0].ident == "Self";
            let last = path.path.segments.last().filter(|_| own);
            self.calls.extend(last.map(|segment| segment.ident.to_string()));
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if matches!(&*call.receiver, Expr::Path(path) if path.path.is_ident("self")) {
            self.calls.insert(call.method.to_string());
        }
        visit::visit_expr_method_call(self, call);
    }
}

#[test]
fn the_reader_finds_who_fetches() {
    let text = "async fn near(app: &App) { app.fetcher.get(&r).await; }\nasync fn far(app: &App) { near(app).await }\n\
                fn none(app: &App) { app.store.read(); other::near(app); }\n\
                impl X { fn run(&self) { self.draw() } fn draw(&self) { hand(&self.app.fetcher) } }\n\
                #[cfg(test)]\nmod tests { fn inside(app: &App) { app.fetcher.get() } }\n";
    assert_eq!(fetching(text).into_iter().collect::<Vec<_>>(), ["draw", "far", "near", "run"]);
}

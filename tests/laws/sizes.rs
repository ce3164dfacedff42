//! Sizes: lines, files, functions, parameters, handlers. Functions are read by a real parser.

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, FnArg, ImplItemFn, ItemFn, ItemImpl, ItemMod, Signature, TraitItemFn, Type};

use crate::tree::{Breach, judge, own, text};

const LINE_MAX: usize = 120;
const FILE_MAX: usize = 600;
const FUNCTION_MAX: usize = 70;
const PARAMETERS_MAX: usize = 4;
const HANDLER_MAX: usize = 12;
const HANDLERS: [&str; 2] = ["crates/rostrum-web/src/pages/", "crates/rostrum-web/src/api/"];
/// Lines of templates and styles break where the page wants it, so only their files are measured.
const LINES: [&str; 5] = ["rs", "sql", "js", "mjs", "py"];
const FILES: [&str; 7] = ["rs", "sql", "js", "mjs", "py", "html", "css"];

#[test]
fn lines_fit_a_screen() {
    judge(
        "line-length",
        &over(LINE_MAX, &LINES, |text| text.lines().map(|line| line.chars().count()).max().unwrap_or(0)),
    );
}

#[test]
fn files_can_be_read_in_one_go() {
    judge("file-lines", &over(FILE_MAX, &FILES, |text| text.lines().count()));
}

#[test]
fn functions_fit_a_screen() {
    judge("function-lines", &functions(|function| (function.lines > FUNCTION_MAX).then_some(function.lines)));
}

#[test]
fn functions_take_few_parameters() {
    let too_many = |function: &Function| {
        (function.parameters > PARAMETERS_MAX && !function.of_a_trait).then_some(function.parameters)
    };
    judge("parameters", &functions(too_many));
}

#[test]
fn handlers_extract_call_and_reply() {
    let too_long = |function: &Function| {
        let served = HANDLERS.iter().any(|folder| function.path.starts_with(folder));
        (function.is_handler && served && function.body_lines > HANDLER_MAX).then_some(function.body_lines)
    };
    judge("handler-lines", &functions(too_long));
}

/// Files of some kinds whose measure is larger than allowed.
fn over(max: usize, kinds: &[&str], measure: impl Fn(&str) -> usize) -> Vec<Breach> {
    let measured = own(kinds).into_iter().map(|path| (measure(&text(&path)), path));
    measured.filter(|(size, _)| *size > max).map(|(size, path)| Breach::of(path, size)).collect()
}

fn functions(breach: impl Fn(&Function) -> Option<usize>) -> Vec<Breach> {
    let all = own(&["rs"]).into_iter().flat_map(|path| read(&path, &text(&path)));
    all.filter_map(|function| Some(Breach::of(format!("{} {}", function.path, function.name), breach(&function)?)))
        .collect()
}

/// What the laws want to know of a function.
#[derive(Debug, PartialEq, Eq)]
struct Function {
    path: String,
    name: String,
    /// From `fn` to the closing brace.
    lines: usize,
    /// Between the braces.
    body_lines: usize,
    parameters: usize,
    of_a_trait: bool,
    /// Asynchronous, outside tests, and called by the router, which owns all that it passes.
    is_handler: bool,
}

fn read(path: &str, text: &str) -> Vec<Function> {
    let file = match syn::parse_file(text) {
        Ok(file) => file,
        Err(error) => panic!("{path}: {error}"),
    };
    let mut reader = Reader { path, found: Vec::new(), of_a_trait: false, in_test: false };
    reader.visit_file(&file);
    reader.found
}

struct Reader<'a> {
    path: &'a str,
    found: Vec<Function>,
    of_a_trait: bool,
    in_test: bool,
}

impl Reader<'_> {
    fn add(&mut self, attributes: &[Attribute], signature: &Signature, body: &Block) {
        let in_test = self.in_test || attributes.iter().any(is_test);
        let braces = (body.brace_token.span.open().start().line, body.brace_token.span.close().end().line);
        self.found.push(Function {
            path: self.path.to_owned(),
            name: signature.ident.to_string(),
            lines: braces.1 + 1 - signature.span().start().line,
            body_lines: (braces.1 - braces.0).saturating_sub(1),
            parameters: signature.inputs.len(),
            of_a_trait: self.of_a_trait,
            is_handler: signature.asyncness.is_some() && !in_test && signature.inputs.iter().all(is_owned),
        });
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.add(&function.attrs, &function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.add(&function.attrs, &function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        if let Some(body) = &function.default {
            self.add(&function.attrs, &function.sig, body);
        }
        visit::visit_trait_item_fn(self, function);
    }

    fn visit_item_impl(&mut self, block: &'ast ItemImpl) {
        self.of_a_trait = block.trait_.is_some();
        visit::visit_item_impl(self, block);
        self.of_a_trait = false;
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        let before = self.in_test;
        self.in_test |= module.attrs.iter().any(is_test);
        visit::visit_item_mod(self, module);
        self.in_test = before;
    }
}

fn is_owned(parameter: &FnArg) -> bool {
    matches!(parameter, FnArg::Typed(typed) if !matches!(*typed.ty, Type::Reference(_)))
}

pub(crate) fn is_test(attribute: &Attribute) -> bool {
    let cfg_test = || attribute.parse_args::<syn::Ident>().is_ok_and(|word| word == "test");
    let path = attribute.path();
    path.segments.last().is_some_and(|last| last.ident == "test") || path.is_ident("cfg") && cfg_test()
}

#[test]
fn the_reader_counts_right() {
    let text = "fn short() {}\nimpl X for Y {\n  async fn long(\n    &self,\n    a: u8,\n  ) {\n    \"}\";\n  }\n}\n\
                #[cfg(test)]\nmod tests {\n  async fn inside(a: [u8; { 3 }]) {\n  }\n}\nasync fn page(a: A) {}\n";
    let found = read("x.rs", text);
    let counts: Vec<_> = found.iter().map(|f| (f.name.as_str(), f.lines, f.body_lines, f.parameters)).collect();
    assert_eq!(counts, [("short", 1, 0, 0), ("long", 6, 1, 2), ("inside", 2, 0, 1), ("page", 1, 0, 1)]);
    assert_eq!(found.iter().map(|f| f.is_handler).collect::<Vec<_>>(), [false, false, false, true]);
    assert!(found[1].of_a_trait && !found[3].of_a_trait);
}

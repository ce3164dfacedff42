//! Samples of the way in.

use rostrum_domain::Problems;

use super::{Rendered, page, render};
use crate::views::access::{EmailLink, Forgot, LinkPage, LinkPurpose, SignIn};
use crate::views::{Form, Sampled};

pub(super) fn all() -> Vec<Rendered> {
    [render::<SignIn>(), render::<LinkPage>(), render::<EmailLink>(), render::<Forgot>()]
        .into_iter()
        .flatten()
        .collect()
}

impl Sampled for SignIn {
    const NAME: &'static str = "sign-in";

    fn samples() -> Vec<(&'static str, Self)> {
        let usual = Self { page: page("Sign in", "/sign-in"), form: Form::default(), refused: None };
        let wrong = Form::new([("email", "ada@example.org")]).with(Problems::one(
            "form",
            "Address or password is wrong. After five tries you have to wait some minutes.",
        ));
        let refused = "Signing in needs https, because a password must not travel in the clear. Open this site with \
                       https://, or on the machine itself as http://127.0.0.1:8080.";
        vec![
            ("usual", usual.clone()),
            ("wrong", Self { form: wrong, ..usual.clone() }),
            ("refused", Self { refused: Some(refused.into()), ..usual }),
        ]
    }
}

impl Sampled for EmailLink {
    const NAME: &'static str = "email-link";

    fn samples() -> Vec<(&'static str, Self)> {
        let usual =
            Self { page: page("New address", "/link/email"), email: Some("mette@example.org".into()), problem: None };
        vec![("dead", Self { email: None, ..usual.clone() }), ("usual", usual)]
    }
}

impl Sampled for LinkPage {
    const NAME: &'static str = "link";

    fn samples() -> Vec<(&'static str, Self)> {
        let link = |purpose| Self {
            page: page("Welcome", "/link"),
            form: Form::default(),
            purpose,
            email: "mette@example.org".into(),
            tokens: vec![("01T".into(), "Upload script on the studio computer".into())],
            dead: false,
        };
        let short = Form::new([("name", "Ada"), ("email", "ada@")])
            .with(Problems::one("password", "Please use at least 10 characters."));
        vec![
            ("set-up", link(LinkPurpose::SetUp)),
            ("set-up-short", Self { form: short, ..link(LinkPurpose::SetUp) }),
            ("invite", link(LinkPurpose::Invite)),
            ("reset", link(LinkPurpose::Reset)),
            ("dead", Self { dead: true, ..link(LinkPurpose::Reset) }),
        ]
    }
}

impl Sampled for Forgot {
    const NAME: &'static str = "forgot";

    fn samples() -> Vec<(&'static str, Self)> {
        let usual = Self { page: page("Password", "/forgot"), form: Form::default(), mail: true, sent: false };
        vec![
            ("usual", usual.clone()),
            ("sent", Self { sent: true, ..usual.clone() }),
            ("no-mail", Self { mail: false, ..usual }),
        ]
    }
}

//! `/admin/styleguide`: every component in its states, in both themes.

use axum::extract::State;
use axum::response::Response;

use crate::call::Signed;
use crate::html::html;
use crate::state::Web;
use crate::{Error, views};

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed) -> Result<Response, Error> {
    html(&views::admin::styleguide::Styleguide::new(web.page("Styleguide", "/admin/styleguide", Some(&signed))))
}

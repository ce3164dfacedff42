//! A page inside another page: the same verbs, asked of the frame. It knows nothing of what is shown in it.

use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::page::FrameId;
use chromiumoxide::cdp::js_protocol::runtime::EvaluateParams;
use chromiumoxide::layout::Point;
use serde::de::DeserializeOwned;

use super::{STEP, Tab, WITHIN};
use crate::wait::poll;

/// What an `iframe` of a tab shows.
#[derive(Debug)]
pub struct Frame<'t> {
    tab: &'t Tab,
    selector: String,
    id: FrameId,
}

impl Tab {
    /// The page inside an `iframe`.
    pub async fn frame(&self, selector: &str) -> Frame<'_> {
        let node = self.element(selector).await.description().await.expect(STEP);
        let id = node.frame_id.expect("the element holds a page");
        Frame { tab: self, selector: selector.to_owned(), id }
    }
}

impl Frame<'_> {
    /// Waits until a JavaScript expression is true in there; `what` says it in words.
    pub async fn eventually(&self, within: Duration, what: &str, expression: &str) {
        let wanted = format!("Boolean({expression})");
        let mut probe = async || self.ask::<bool>(&wanted).await.filter(|held| *held);
        if poll(within, &mut probe).await.is_none() {
            self.tab.give_up(&format!("waited {within:?} in vain, in the frame: {what}: {expression}")).await;
        }
        self.tab.check();
    }

    /// Clicks the middle of an element in there as a mouse does.
    pub async fn click(&self, selector: &str) {
        let found = format!("document.querySelector({selector:?})");
        self.eventually(WITHIN, "the element is seen", &format!("{found}?.getClientRects().length")).await;
        let middle = format!(
            "(({{ x, y, width, height }}) => [x + width / 2, y + height / 2])({found}.getBoundingClientRect())"
        );
        let (x, y): (f64, f64) = self.ask(&middle).await.expect("it was there just now");
        let outer = self.tab.element(&self.selector).await.bounding_box().await.expect(STEP);
        self.tab.page.click(Point::new(outer.x + x, outer.y + y)).await.expect(STEP);
        self.tab.check();
    }

    /// The value of an expression; none while the page in there is being replaced.
    async fn ask<T: DeserializeOwned>(&self, expression: &str) -> Option<T> {
        let context = self.tab.page.frame_execution_context(self.id.clone()).await.ok()??;
        let question = EvaluateParams::builder()
            .expression(format!("(async () => ({expression}))()"))
            .context_id(context)
            .await_promise(true)
            .return_by_value(true)
            .build()
            .expect("it has an expression");
        self.tab.page.evaluate_expression(question).await.ok()?.into_value().ok()
    }
}

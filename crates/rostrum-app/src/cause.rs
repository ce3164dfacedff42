//! What led to the work under way: the id of a request, told to the jobs it queues, so that one thread runs through the
//! logs of all roles. Nothing is decided by it.

use std::future::Future;

use serde_json::Value;

/// The field of a job's arguments that keeps it.
const FIELD: &str = "request_id";

tokio::task_local! {
    static CAUSE: String;
}

/// Does work because of the request with this id.
pub async fn of<F: Future>(request_id: String, work: F) -> F::Output {
    CAUSE.scope(request_id, work).await
}

/// The arguments of a job, with the request that led to it; as they are where none did.
pub(crate) fn noted(mut arguments: Value) -> String {
    if let (Some(fields), Ok(id)) = (arguments.as_object_mut(), CAUSE.try_with(Clone::clone)) {
        fields.insert(FIELD.to_owned(), id.into());
    }
    arguments.to_string()
}

/// The id of the request that led to a job; empty where none did.
pub(crate) fn read(payload: &str) -> String {
    let arguments: Option<Value> = serde_json::from_str(payload).ok();
    arguments.and_then(|fields| Some(fields.get(FIELD)?.as_str()?.to_owned())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn a_job_knows_the_request_that_led_to_it() {
        let because = of("01ARZ".into(), async { noted(json!({"episode": "e"})) }).await;
        assert_eq!((read(&because).as_str(), because.contains("\"episode\":\"e\"")), ("01ARZ", true));
        assert_eq!(read(&noted(json!({"episode": "e"}))), "", "nobody asked for it");
        assert_eq!(read("no arguments"), "");
    }
}

//! `/api/v1/jobs/{job}`: reads, cancels and repeats one job.

use axum::Json;
use axum::extract::State;
use rostrum_app::{jobs, studio};
use rostrum_domain::Id;
use rostrum_domain::job::Job;

use super::JobBody;
use crate::Error;
use crate::api::at::{At, id};
use crate::call::Signed;
use crate::state::Web;

/// Reads a job, with how far it is.
#[utoipa::path(get, path = "/api/v1/jobs/{job}", tag = "jobs",
    params(("job" = String, Path, description = "the job's id")),
    responses((status = 200, description = "the job", body = JobBody)))]
pub async fn show(State(web): State<Web>, signed: Signed, At(text): At<String>) -> Result<Json<JobBody>, Error> {
    answer(&web, &signed, id(&text, "job")?).await
}

/// Stops a job.
#[utoipa::path(post, path = "/api/v1/jobs/{job}/cancel", tag = "jobs",
    params(("job" = String, Path, description = "the job's id")),
    responses((status = 200, description = "the job", body = JobBody)))]
pub async fn cancel(State(web): State<Web>, signed: Signed, At(text): At<String>) -> Result<Json<JobBody>, Error> {
    let id = id(&text, "job")?;
    jobs::cancel(&web.app, &signed.caller, id).await?;
    answer(&web, &signed, id).await
}

/// Runs a failed or cancelled job again.
#[utoipa::path(post, path = "/api/v1/jobs/{job}/retry", tag = "jobs",
    params(("job" = String, Path, description = "the job's id")),
    responses((status = 200, description = "the job", body = JobBody)))]
pub async fn retry(State(web): State<Web>, signed: Signed, At(text): At<String>) -> Result<Json<JobBody>, Error> {
    let id = id(&text, "job")?;
    jobs::again(&web.app, &signed.caller, id).await?;
    answer(&web, &signed, id).await
}

async fn answer(web: &Web, signed: &Signed, id: Id<Job>) -> Result<Json<JobBody>, Error> {
    let named = studio::job(&web.app, &signed.caller, id).await?.ok_or(rostrum_app::Error::Missing("job"))?;
    Ok(Json(JobBody::of(web, &named.job)))
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use serde_json::{Value, json};

    use crate::api::testing::Desk;

    #[tokio::test]
    async fn a_job_is_stopped_and_run_again() {
        let desk = Desk::new().await;
        let program = desk.program();
        let list = program.get("/api/v1/jobs").await.json();
        assert_eq!((&list["total"], &list["items"][0]["state"]), (&json!(1), &json!("ready")), "{list}");
        let path = desk.job_path();
        let job = program.get(&path).await.json();
        assert_eq!((&job, &job["progress"]), (&list["items"][0], &Value::Null));
        assert_eq!(
            program.call(Method::POST, &format!("{path}/retry"), Value::Null).await.status,
            StatusCode::CONFLICT
        );
        let cancelled = program.call(Method::POST, &format!("{path}/cancel"), Value::Null).await;
        assert_eq!((cancelled.status, &cancelled.json()["state"]), (StatusCode::OK, &json!("cancelled")));
        assert_eq!(
            program.call(Method::POST, &format!("{path}/cancel"), Value::Null).await.status,
            StatusCode::CONFLICT
        );
        let again = program.call(Method::POST, &format!("{path}/retry"), Value::Null).await;
        assert_eq!(again.json()["state"], "ready");
        assert_eq!(program.get("/api/v1/jobs/x").await.status, StatusCode::NOT_FOUND);
    }
}

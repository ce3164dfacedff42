// Progress of background work, as it happens. The server sends `event: job` with
// {"id", "state", "percent", "detail", "error"}; `percent` may be null, texts are ready to show.

/** Listens while the page is open; `refresh` is called when work begins or ends, and when the line is there. */
export function followJobs(refresh) {
  if (!document.querySelector("[data-job], [data-uploader], [data-live]")) return;
  const source = new EventSource("/admin/jobs/events");
  let due = 0;
  const soon = () => {
    clearTimeout(due);
    due = setTimeout(() => refresh().catch(() => {}), 400);
  };
  source.addEventListener("job", (event) => {
    const job = JSON.parse(event.data);
    const line = document.querySelector(`[data-job="${CSS.escape(job.id)}"]`);
    if (!line || line.dataset.jobState !== job.state) soon();
    if (line) show(line, job);
  });
  // What happened before the line stood, at first or again after it broke, has to be asked for.
  source.addEventListener("open", soon);
  addEventListener("pagehide", () => source.close());
}

function show(line, job) {
  line.dataset.jobState = job.state;
  const bar = line.querySelector("progress");
  if (bar && job.percent !== null && job.percent !== undefined) bar.value = job.percent;
  const detail = line.querySelector("[data-detail]");
  if (detail) detail.textContent = job.detail ?? "";
}

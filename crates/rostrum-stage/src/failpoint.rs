//! Points at which a test ends the stage without warning: on both sides of everything that is durable. Only builds with
//! debug assertions hold them; in a release build `reach` is empty. It knows nothing of what the steps mean.

/// Passes a point. Where `FAILPOINTS` names a folder whose file `kill` holds `N POINT`, the process ends at the N-th
/// passage of that point as if its power had gone; the file `killed` then says so.
pub(crate) fn reach(point: &str) {
    #[cfg(debug_assertions)]
    armed::reach(point);
    #[cfg(not(debug_assertions))]
    let _ = point;
}

#[cfg(debug_assertions)]
mod armed {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::PathBuf;
    use std::sync::{LazyLock, Mutex, PoisonError};

    /// Passages so far, and the order of when the process began.
    struct Order {
        folder: PathBuf,
        nth: u64,
        point: String,
        passed: Mutex<BTreeMap<String, u64>>,
    }

    static ORDER: LazyLock<Option<Order>> = LazyLock::new(|| {
        let folder = PathBuf::from(std::env::var_os("FAILPOINTS")?);
        let order = fs::read_to_string(folder.join("kill")).ok()?;
        let (nth, point) = order.trim().split_once(' ')?;
        Some(Order { nth: nth.parse().ok()?, point: point.to_owned(), folder, passed: Mutex::default() })
    });

    pub(super) fn reach(point: &str) {
        let Some(order) = ORDER.as_ref().filter(|order| order.point == point) else { return };
        let mut passed = order.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let count = passed.entry(point.to_owned()).or_default();
        *count += 1;
        if *count == order.nth && fs::rename(order.folder.join("kill"), order.folder.join("killed")).is_ok() {
            std::process::abort();
        }
    }
}

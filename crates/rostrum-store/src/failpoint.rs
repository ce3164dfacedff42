//! Points at which a test ends the process without warning: on both sides of everything that is durable. Only builds
//! with debug assertions hold them; in a release build `reach` is empty. It knows nothing of what the steps mean.

/// Passes a point. Where `FAILPOINTS` names a folder, the point is added to its file `passed`; when its file `kill`
/// holds `N POINT` and this is the N-th passage, the process ends here as if its power had gone.
pub fn reach(point: &str) {
    #[cfg(debug_assertions)]
    armed::reach("", point);
    #[cfg(not(debug_assertions))]
    let _ = point;
}

/// Passes the point `side` of a transaction's commit, named by the last statement that wrote; none when nothing did.
pub(crate) fn reach_commit(side: &str, wrote: &str) {
    #[cfg(debug_assertions)]
    if !wrote.is_empty() {
        armed::reach(side, wrote);
    }
    #[cfg(not(debug_assertions))]
    let _ = (side, wrote);
}

#[cfg(debug_assertions)]
mod armed {
    use std::fs::{self, OpenOptions};
    use std::io::Write as _;
    use std::path::{Path, PathBuf};
    use std::sync::LazyLock;

    static FOLDER: LazyLock<Option<PathBuf>> = LazyLock::new(|| std::env::var_os("FAILPOINTS").map(PathBuf::from));

    pub(super) fn reach(side: &str, point: &str) {
        if let Some(folder) = &*FOLDER
            && passage_is_the_last(folder, &format!("{side}{point}")).unwrap_or(false)
        {
            std::process::abort();
        }
    }

    /// Notes a passage; whether it is the one to end at. An order is carried out once: the file goes first.
    pub(super) fn passage_is_the_last(folder: &Path, point: &str) -> std::io::Result<bool> {
        let passed = folder.join("passed");
        let mut file = OpenOptions::new().create(true).append(true).open(&passed)?;
        file.write_all(format!("{point}\n").as_bytes())?;
        let order = fs::read_to_string(folder.join("kill"))?;
        let Some((nth, wanted)) = order.split_once(' ') else { return Ok(false) };
        let passages = || fs::read_to_string(&passed).map(|all| all.lines().filter(|line| *line == point).count());
        let due = wanted == point && nth.parse() == Ok(passages()?);
        Ok(due && fs::rename(folder.join("kill"), folder.join("killed")).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::armed::passage_is_the_last;

    #[test]
    fn an_order_is_carried_out_at_its_passage_and_once() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let pass = |point| passage_is_the_last(folder.path(), point).unwrap_or(false);
        assert!(!pass("a"), "there is no order");
        std::fs::write(folder.path().join("kill"), "2 b").expect("the folder is ours");
        assert!(!pass("b"));
        assert!(!pass("a"));
        assert!(pass("b"));
        assert!(!pass("b"));
        let passed = std::fs::read_to_string(folder.path().join("passed")).expect("it was written");
        assert_eq!(passed, "a\nb\na\nb\nb\n");
    }
}

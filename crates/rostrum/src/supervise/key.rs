//! The key that signs grants: made once, kept in the data folder, read by the roles that sign and check.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use rostrum_domain::Ids as _;
use rostrum_live::grant::Key;

use crate::system::SystemIds;

const FILE: &str = "grant.key";

/// Makes the key unless there is one.
pub(super) fn make_grant_key(data: &Path) -> anyhow::Result<()> {
    let path = data.join(FILE);
    let made = File::options().write(true).create_new(true).mode(0o600).open(&path);
    let written = match made {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return grant_key(data).map(drop),
        Err(error) => Err(error),
        Ok(mut file) => file.write_all(&SystemIds.bytes()).and_then(|()| file.sync_all()),
    };
    written.with_context(|| format!("the key for invitations cannot be kept in {}", path.display()))
}

/// Reads the key.
pub(crate) fn grant_key(data: &Path) -> anyhow::Result<Key> {
    let path = data.join(FILE);
    let bytes =
        fs::read(&path).with_context(|| format!("the key for invitations, {}, is not there", path.display()))?;
    let bits = bytes.try_into().ok().with_context(|| {
        format!("{} is damaged; remove it and start again: open invitations then have to be made anew", path.display())
    })?;
    Ok(Key::new(bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_a_damaged_one_is_not_replaced_in_silence() {
        let data = tempfile::tempdir().unwrap();
        assert!(grant_key(data.path()).is_err());
        make_grant_key(data.path()).unwrap();
        let first = fs::read(data.path().join(FILE)).unwrap();
        make_grant_key(data.path()).unwrap();
        assert_eq!(fs::read(data.path().join(FILE)).unwrap(), first);
        fs::write(data.path().join(FILE), "short").unwrap();
        assert!(make_grant_key(data.path()).unwrap_err().to_string().contains("damaged"));
    }
}

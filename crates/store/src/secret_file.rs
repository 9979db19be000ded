//! Files that hold a secret: keys, tokens.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Writes a file for its owner alone (mode 0600), whole or not at all: half a key file would stop the next start. What is left of an
/// earlier try that was cut off is thrown away, since anybody may have been let into it; an earlier file is replaced.
///
/// # Errors
/// When the folder is not there, or cannot be written to.
pub fn write_secret(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = draft_of(file);
    match std::fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&draft)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    std::fs::rename(&draft, file)?;
    sync_folder(file)
}

/// Beside the file, so that it can take its name.
fn draft_of(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    file.with_file_name(name)
}

/// The new name lasts only when the folder is on disk too.
fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    // Elsewhere a folder cannot be opened.
    if cfg!(unix) { File::open(folder.unwrap_or(Path::new(".")))?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(file: &Path) -> u32 {
        std::fs::metadata(file).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_left_over_draft_that_others_may_read_or_that_leads_elsewhere_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let (file, draft) = (folder.path().join("card.key"), folder.path().join("card.key.new"));
        std::fs::write(&draft, "half a k").unwrap();
        std::fs::set_permissions(&draft, std::fs::Permissions::from_mode(0o666)).unwrap();
        let mut seen_by_others = File::open(&draft).unwrap();
        write_secret(&file, b"secret").unwrap();
        assert_eq!((std::fs::read(&file).unwrap().as_slice(), mode(&file)), (b"secret".as_slice(), 0o600));
        assert!(!draft.exists());
        let mut seen = String::new();
        io::Read::read_to_string(&mut seen_by_others, &mut seen).unwrap();
        assert_eq!(seen, "half a k", "who had the draft open reads nothing more in it");

        let elsewhere = folder.path().join("elsewhere");
        std::os::unix::fs::symlink(&elsewhere, &draft).unwrap();
        write_secret(&file, b"another").unwrap();
        assert!(!elsewhere.exists(), "a link is not followed");
        assert_eq!(std::fs::read(&file).unwrap(), b"another");
    }

    #[test]
    fn an_earlier_file_is_replaced_whole_with_its_mode_and_a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("demo.json");
        std::fs::write(&file, "earlier, and longer than the next").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        write_secret(&file, b"next").unwrap();
        assert_eq!((std::fs::read(&file).unwrap().as_slice(), mode(&file)), (b"next".as_slice(), 0o600));
        assert!(write_secret(&folder.path().join("none").join("key"), b"x").is_err());
        assert!(std::fs::read_dir(folder.path()).unwrap().count() == 1, "no draft is left");
    }
}

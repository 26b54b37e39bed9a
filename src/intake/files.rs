//! Writing files whole or not at all.

use std::io::Write;
use std::path::Path;

use crate::model::fault::{Code, Fault};

use super::source::file_fault;

/// Writes beside the place, flushes to the disk, and renames there.
pub fn write(path: &Path, fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), Fault> {
    let attempt = || {
        if path.is_dir() {
            return Err(std::io::Error::other("it is a folder"));
        }
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new().prefix(".dyad-").tempfile_in(folder)?;
        {
            let mut buffer = std::io::BufWriter::with_capacity(1 << 16, file.as_file_mut());
            fill(&mut buffer)?;
            buffer.flush()?;
        }
        file.as_file().sync_all()?;
        mode(&file, path)?;
        file.persist(path).map_err(|e| e.error)?;
        Ok(())
    };
    attempt().map_err(|e: std::io::Error| {
        let says = format!("the output cannot be written: {e}");
        let remedy = "choose a place that exists, may be written and has room";
        file_fault(&path.to_string_lossy(), 0, Code::OutputUnwritable, "", &says, remedy)
    })
}

/// A temporary file is private; a plan gets the mode it had, or the usual one.
#[cfg(unix)]
fn mode(file: &tempfile::NamedTempFile, path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map_or(0o644, |about| about.permissions().mode());
    file.as_file().set_permissions(std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn mode(_: &tempfile::NamedTempFile, _: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::model::fault::Code;

    #[test]
    fn a_file_is_written_whole_or_not_at_all() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("plan.json");
        write(&path, |out| out.write_all(b"one")).expect("written");
        let failed = write(&path, |out| {
            out.write_all(b"two")?;
            Err(std::io::Error::other("no space left on device"))
        });
        let fault = failed.expect_err("refused");
        assert_eq!(fault.code, Code::OutputUnwritable);
        assert!(fault.says.contains("no space left"), "{}", fault.says);
        assert_eq!(std::fs::read(&path).expect("there"), b"one");
        assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 1, "nothing half-written stays");
    }

    #[test]
    fn places_that_cannot_be_written_are_named() {
        let dir = tempfile::tempdir().expect("a folder");
        for path in [dir.path().to_path_buf(), dir.path().join("missing/plan.json")] {
            let fault = write(&path, |_| Ok(())).expect_err("refused");
            assert_eq!(fault.code, Code::OutputUnwritable);
        }
    }
}

//! Where answers go: looked at before the work starts, written only after it is done.

use crate::intake;
use crate::model::document::PlanDocument;
use crate::model::fault::{At, Code, Fault};
use std::path::{Path, PathBuf};

/// How a plan can be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shape {
    Json,
    Csv,
}

/// A place that was found writable.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    shape: Shape,
}

/// Why a place cannot be written, and what to do about it.
struct Refusal {
    says: Box<str>,
    remedy: Box<str>,
}

impl Refusal {
    fn new(says: &str, remedy: &str) -> Self {
        Self { says: says.into(), remedy: remedy.into() }
    }
}

/// Checks every place that was asked for, and names all that cannot be written.
///
/// `programme` is never written over: an output that is the programme, or lies in its folder, is refused, but for its
/// `plan.csv`.
pub fn check(paths: &[PathBuf], programme: &Path) -> Result<Vec<Output>, Vec<Fault>> {
    let mut outputs: Vec<Output> = Vec::new();
    let mut faults = Vec::new();
    for path in paths {
        let checked = if outputs.iter().any(|o| o.path == *path) {
            Err(Refusal::new("the same output stands twice", "give each --out another name"))
        } else {
            shape(path).and_then(|shape| writable(path, programme).map(|()| shape))
        };
        match checked {
            Ok(shape) => outputs.push(Output { path: path.clone(), shape }),
            Err(refusal) => faults.push(fault(path, refusal)),
        }
    }
    if faults.is_empty() { Ok(outputs) } else { Err(faults) }
}

/// Writes the plan to every place, each file whole or not at all.
pub fn write(outputs: &[Output], plan: &PlanDocument) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    for Output { path, shape } in outputs {
        let text = match shape {
            Shape::Json => intake::plan_to_json(plan),
            Shape::Csv => intake::plan_to_csv(plan),
        };
        faults.extend(intake::write_file(path, text.as_bytes()).err());
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn shape(path: &Path) -> Result<Shape, Refusal> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
    let remedy = "this version writes .json (everything) and .csv (one row per pair, for a spreadsheet)";
    match extension.as_str() {
        "json" => Ok(Shape::Json),
        "csv" => Ok(Shape::Csv),
        "xlsx" => Err(Refusal::new("plans cannot be written as a workbook yet", remedy)),
        _ => Err(Refusal::new("the name does not say what to write", remedy)),
    }
}

fn writable(path: &Path, programme: &Path) -> Result<(), Refusal> {
    let folder = folder_of(path);
    if !folder.is_dir() {
        return Err(Refusal::new("there is no such folder", "make the folder first, or write elsewhere"));
    }
    if let Ok(there) = path.metadata() {
        if there.is_dir() {
            return Err(Refusal::new("this is a folder, not a file", "give the name of a file"));
        }
        if !there.is_file() {
            let remedy = "give the name of a file; --format json prints the plan to standard output";
            return Err(Refusal::new("this is a device, not a file", remedy));
        }
        if there.permissions().readonly() {
            return Err(Refusal::new("the file is read-only", "make it writable, or write elsewhere"));
        }
    }
    if is_input(path, programme) {
        let says = "this is the programme itself, or would become part of it";
        return Err(Refusal::new(
            says,
            "write elsewhere; beside the programme's files only plan.csv may stand",
        ));
    }
    // The only honest test of a folder is to write in it; the file is gone again at once.
    match tempfile::Builder::new().prefix(".dyad-").tempfile_in(folder) {
        Ok(_) => Ok(()),
        Err(error) => {
            let says = format!("the folder cannot be written to: {error}");
            Err(Refusal::new(&says, "make it writable, or write elsewhere"))
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Whether the output would be read as input the next time: the programme's own file, or a file in its folder, where
/// files that are not part of a programme are refused. The plan to start from may be replaced.
fn is_input(path: &Path, programme: &Path) -> bool {
    let Ok(programme) = programme.canonicalize() else { return false };
    let own = path.canonicalize().is_ok_and(|path| path == programme);
    let inside = folder_of(path).canonicalize().is_ok_and(|folder| folder == programme);
    own || inside && path.file_name().is_none_or(|name| name != "plan.csv")
}

fn fault(path: &Path, Refusal { says, remedy }: Refusal) -> Fault {
    let file: Box<str> = path.display().to_string().into();
    Fault {
        at: At { file: file.clone(), line: 0, column: "".into() },
        code: Code::OutputUnwritable,
        text: file,
        says,
        remedy,
        source: None,
    }
}

//! A story through the command line.

use dyad::intake;
use dyad::model::document::{PlanDocument, Timing};
use std::path::Path;
use std::process::{Command, Output};

fn dyad(arguments: &[&str], programme: &Path) -> Result<Output, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dyad"));
    command.arg(arguments[0]).arg(programme).args(&arguments[1..]);
    command.output().map_err(|e| e.to_string())
}

/// The binary prints the same plan, and ends with the code the contract gives it.
pub fn matches(programme: &Path, plan: &PlanDocument, code: i32) -> Result<(), String> {
    let output = dyad(&["match", "--format", "json", "--threads", "2"], programme)?;
    if output.status.code() != Some(code) {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("the command ended with {:?}, not {code}: {said}", output.status.code()));
    }
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let file = folder.path().join("plan.json");
    std::fs::write(&file, &output.stdout).map_err(|e| e.to_string())?;
    let printed = intake::read_plan(&file).map_err(|faults| format!("the printed plan: {faults:#?}"))?;
    let timeless = |plan: &PlanDocument| PlanDocument { timing: Timing::default(), ..plan.clone() };
    if timeless(&printed) != timeless(plan) {
        return Err("the command line has another plan".to_owned());
    }
    Ok(())
}

/// The binary refuses the programme with every fault in one document and exit code 2.
pub fn refuses(programme: &Path, faults: usize) -> Result<(), String> {
    for command in ["match", "check"] {
        let output = dyad(&[command, "--format", "json"], programme)?;
        if output.status.code() != Some(2) {
            return Err(format!("{command} ended with {:?}, not 2", output.status.code()));
        }
        let document: serde_json::Value =
            serde_json::from_slice(&output.stdout).map_err(|e| e.to_string())?;
        let found = document["faults"].as_array().map_or(0, Vec::len);
        if found != faults {
            return Err(format!("{command} shows {found} faults, not {faults}"));
        }
    }
    Ok(())
}

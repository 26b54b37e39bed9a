//! Finding scenarios: `scenarios/<family>/<story>.toml`, or a folder with a programme and its `expect.toml`.

use crate::expect::Expect;
use std::fs;
use std::path::{Path, PathBuf};

pub struct Story {
    /// `east-ayrshire/comfortable`.
    pub name: String,
    /// What the programme is read from.
    pub path: PathBuf,
    /// Under `scenarios/rejected`: the input is refused, and that is the story.
    pub rejected: bool,
    pub every_door: bool,
    /// The text of the file that holds `[expect]`, and whether it stands beside the programme.
    text: String,
    beside: bool,
}

impl Story {
    pub fn expect(&self) -> Result<Expect, String> {
        let table: toml::Table = self.text.parse().map_err(|e| format!("{e}"))?;
        let about = table.get("about").and_then(toml::Value::as_str).unwrap_or("");
        if about.is_empty() {
            return Err("a scenario says what it is about".to_owned());
        }
        // In a programme's own file the reader refuses unknown keys; beside it nobody else would.
        let known = ["about", "every_door", "expect"];
        if let Some(key) = table.keys().find(|key| self.beside && !known.contains(&key.as_str())) {
            return Err(format!("a scenario has no key {key}"));
        }
        let expect = table.get("expect").ok_or("a scenario says what it expects")?;
        expect.clone().try_into().map_err(|e| format!("expect: {e}"))
    }
}

/// Every story below `root`, by name.
pub fn all(root: &Path) -> Vec<Story> {
    let mut stories = Vec::new();
    gather(root, root, &mut stories);
    stories.sort_by(|a, b| a.name.cmp(&b.name));
    stories
}

fn gather(root: &Path, folder: &Path, stories: &mut Vec<Story>) {
    for path in entries(folder) {
        if path.is_dir() {
            if path.join("expect.toml").exists() || path.join("programme.toml").exists() {
                stories.push(story(root, &path, &path.join("expect.toml")));
            } else {
                gather(root, &path, stories);
            }
            continue;
        }
        // Beside a file that cannot hold its own expectation (broken TOML, JSON) stands `<story>.expect.toml`.
        let beside = path.with_extension("expect.toml");
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("");
        if name.ends_with(".expect.toml") {
            continue;
        }
        if beside.exists() {
            stories.push(story(root, &path, &beside));
        } else if path.extension().is_some_and(|e| e == "toml") {
            stories.push(story(root, &path, &path));
        }
    }
}

fn story(root: &Path, path: &Path, expect: &Path) -> Story {
    let text = fs::read_to_string(expect).unwrap_or_default();
    let place = path.strip_prefix(root).expect("found below the root");
    let every_door = text.parse::<toml::Table>().is_ok_and(|t| t.get("every_door") == Some(&true.into()));
    Story {
        name: place.with_extension("").display().to_string(),
        path: path.to_owned(),
        rejected: place.starts_with("rejected"),
        every_door,
        beside: path != expect,
        text,
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder of scenarios").map(|e| e.expect("an entry").path()).collect();
    all.sort();
    all
}

//! The structure that ARCHITECTURE promises, read from the sources. Code under `#[cfg(test)]` stands at the end of its
//! file and may look anywhere; everything above it keeps to the tables.

use std::fs;
use std::path::{Path, PathBuf};

/// Room, and the rooms it may import.
const ROOMS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("intake", &["model"]),
    ("rules", &["model"]),
    ("solver", &["model"]),
    ("verify", &["model"]),
    ("explain", &["model", "rules", "solver"]),
    ("store", &["model"]),
    ("service", &["model", "intake", "rules", "solver", "verify", "explain", "store"]),
    ("grpc", &["model", "service"]),
    ("cli", &["model", "intake", "rules", "verify", "explain", "service", "grpc"]),
];

/// Crate, and the rooms it stays in. A dependency without a line here is not allowed in.
const CRATES: &[(&str, &[&str])] = &[
    ("bytes", &["grpc"]),
    ("chacha20poly1305", &["store"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("comfy_table", &["cli"]),
    // The last part of a token: a slip of the pen is told without asking the store.
    ("crc32fast", &["service"]),
    ("csv", &["intake"]),
    ("ctrlc", &["cli"]),
    ("encoding_rs", &["intake"]),
    ("getrandom", &["store"]),
    ("good_lp", &["solver"]),
    ("highs", &["solver"]),
    ("hmac", &["store"]),
    ("http", &["grpc"]),
    ("http_body", &["grpc"]),
    ("hyper", &["grpc"]),
    ("hyper_util", &["grpc"]),
    ("indicatif", &["cli"]),
    ("memchr", &["intake"]),
    ("miette", &["cli"]),
    ("pathfinding", &["explain"]),
    ("prost", &["grpc"]),
    ("prost_types", &["grpc"]),
    // The plan, the programme and the plan read back are intake's; answers that are never read back are the CLI's.
    // Limits on memory and processor time of the solving process.
    ("rlimit", &["solver"]),
    ("serde_json", &["intake", "cli"]),
    ("sha2", &["store", "service"]),
    ("sqlx", &["store"]),
    ("strsim", &["intake"]),
    // Files beside their place, renamed; whether a folder can be written to; the demo's files.
    ("tempfile", &["intake", "cli"]),
    ("thiserror", &["intake", "rules", "solver", "verify", "explain", "store", "service", "grpc", "cli"]),
    // Threads for work that is waited for, and sockets.
    ("tokio", &["store", "service", "grpc"]),
    ("tokio_stream", &["grpc"]),
    ("toml", &["intake"]),
    ("tonic", &["grpc"]),
    ("tonic_health", &["grpc"]),
    ("tonic_prost", &["grpc"]),
    ("tonic_reflection", &["grpc"]),
    ("tonic_types", &["grpc"]),
    ("tonic_web", &["grpc"]),
    ("tower_layer", &["grpc"]),
    ("tower_service", &["grpc"]),
    ("tracing", &["service", "grpc", "cli"]),
    ("tracing_subscriber", &["cli"]),
];

/// A file longer than this is two files.
const MOST_LINES: usize = 500;

struct Source {
    /// `service/matching.rs`.
    name: String,
    room: String,
    /// The lines that are code, with their numbers, outside tests.
    code: Vec<(usize, String)>,
    /// Every line of code, tests included.
    length: usize,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    gather(&root, &mut files);
    files.sort();
    assert!(files.len() > 20, "the sources are not where they are expected");
    files.iter().map(|file| source(&root, file)).collect()
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

fn source(root: &Path, file: &Path) -> Source {
    let name = file.strip_prefix(root).expect("below src").display().to_string();
    let text = fs::read_to_string(file).expect("a source file");
    let room = name.split('/').next().unwrap_or("").trim_end_matches(".rs").to_owned();
    let lines = text.lines().enumerate().map(|(i, line)| (i + 1, line.trim().to_owned()));
    let lines: Vec<(usize, String)> =
        lines.filter(|(_, line)| !line.is_empty() && !line.starts_with("//")).collect();
    let tests = name.ends_with("tests.rs") || name.contains("/tests/");
    let end = lines.iter().position(|(_, line)| line == "#[cfg(test)]").unwrap_or(lines.len());
    let length = lines.len();
    let code = if tests { Vec::new() } else { lines.into_iter().take(end).collect() };
    Source { name, room, code, length }
}

/// The names that follow `prefix` in a line, where `prefix` does not continue another word.
fn after<'l>(line: &'l str, prefix: &str) -> Vec<&'l str> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let starts = line.match_indices(prefix).filter(|(at, _)| !line[..*at].ends_with(|c| word(c) || c == ':'));
    starts
        .flat_map(|(at, _)| {
            let rest = &line[at + prefix.len()..];
            let names = match rest.strip_prefix('{') {
                Some(group) => group.split(',').map(str::trim).collect(),
                None => vec![rest],
            };
            names.into_iter().map(move |name| &name[..name.find(|c| !word(c)).unwrap_or(name.len())])
        })
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn rooms_import_only_downward() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some((_, allowed)) = ROOMS.iter().find(|(room, _)| *room == source.room) else {
            assert!(
                ["lib", "main"].contains(&source.room.as_str()),
                "a room without a line: {}",
                source.name
            );
            continue;
        };
        for (number, line) in &source.code {
            for room in after(line, "crate::") {
                let known = ROOMS.iter().any(|(r, _)| *r == room);
                if known && room != source.room && !allowed.contains(&room) {
                    wrong.push(format!("{}:{number}: {} imports {room}", source.name, source.room));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn crates_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (name, rooms) in CRATES {
            let path = format!("{name}::");
            let allowed = rooms.contains(&source.room.as_str());
            for (number, line) in source.code.iter().filter(|_| !allowed) {
                if !after(line, &path).is_empty() || line.contains(&format!("use {name};")) {
                    wrong.push(format!("{}:{number}: {name} is not for {}", source.name, source.room));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_dependency_has_a_room() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let manifest: toml::Table = fs::read_to_string(manifest).expect("the manifest").parse().expect("TOML");
    let names: Vec<String> =
        manifest["dependencies"].as_table().expect("a table").keys().map(|k| k.replace('-', "_")).collect();
    let roomless: Vec<&String> = names.iter().filter(|n| !CRATES.iter().any(|(c, _)| c == n)).collect();
    assert!(roomless.is_empty(), "{roomless:?}");
    let gone: Vec<&str> = CRATES.iter().map(|(c, _)| *c).filter(|c| !names.iter().any(|n| n == c)).collect();
    assert!(gone.is_empty(), "{gone:?}");
}

#[test]
fn files_are_short_and_finished() {
    let unfinished = ["todo!", "dbg!", "unimplemented!", "allow(dead_code)", "allow(unused"];
    let mut wrong = Vec::new();
    for source in sources() {
        if source.length > MOST_LINES {
            wrong.push(format!("{} has {} lines of code", source.name, source.length));
        }
        for (number, line) in &source.code {
            wrong.extend(
                unfinished
                    .iter()
                    .filter(|w| line.contains(**w))
                    .map(|w| format!("{}:{number}: {w}", source.name)),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_reader_of_imports_sees_them() {
    assert_eq!(after("use crate::model::document::Part;", "crate::"), ["model"]);
    assert_eq!(after("use crate::{rules, solver::Options};", "crate::"), ["rules", "solver"]);
    assert_eq!(after("let x = crate::verify::verify(a);", "crate::"), ["verify"]);
    assert!(after("use mycrate::model;", "crate::").is_empty());
    assert!(after("use toml_span::Span;", "toml::").is_empty());
}

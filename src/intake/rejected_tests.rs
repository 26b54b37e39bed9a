//! Every rejected input of `scenarios/rejected` has exactly the codes and places that it says; and the table of codes
//! in `docs/codes.md` is complete.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::model::catalogue::Word;
use crate::model::fault::Code;
use crate::model::finding::FindingCode;

/// Codes that no file can bring about, and the test that does.
const ELSEWHERE: [(Code, &str); 3] = [
    (Code::BadSetting, "read_tests::settings_have_one_form"),
    (Code::OutputUnwritable, "files::tests::places_that_cannot_be_written_are_named"),
    (Code::ProblemTooLarge, "read_tests::a_million_people_are_the_limit"),
];
/// Codes that the rules find, after the reading.
const OF_RULES: [Code; 1] = [Code::NestsCross];
/// Codes whose inputs are no programme folder or file, and the test that has them.
const OF_PATHS: [(Code, &str); 2] = [
    (Code::UnknownShape, "read_tests::paths_that_are_no_programme"),
    (Code::BadJson, "read_tests::json_faults_have_lines"),
];

fn rejected() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/rejected")
}

/// The stories: what is read, and the codes it expects.
fn stories() -> Vec<(PathBuf, Vec<String>)> {
    let entries = std::fs::read_dir(rejected()).expect("the folder of rejected inputs");
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    let codes = |path: &Path| {
        let file = if path.is_dir() { path.join("expect.toml") } else { path.to_path_buf() };
        let text = std::fs::read_to_string(&file).expect("readable");
        // A story about broken TOML is read from its last table on.
        let expect = &text[text.find("[expect]").unwrap_or_else(|| panic!("{file:?} expects nothing"))..];
        let table: toml::Table = expect.parse().expect("the expectation is TOML");
        let codes = table["expect"]["codes"].as_array().expect("a list").clone();
        codes.iter().map(|c| c.as_str().expect("a text").to_owned()).collect()
    };
    paths.into_iter().map(|path| (path.clone(), codes(&path))).collect()
}

#[test]
fn every_story_has_its_codes_and_no_other() {
    let mut wrong = Vec::new();
    for (path, codes) in stories() {
        let found: Vec<String> = match super::read(&path, &[]) {
            Ok(_) => Vec::new(),
            Err(faults) => faults.iter().map(|f| format!("{} @ {}", f.code.key(), f.at)).collect(),
        };
        let left_to_rules = |code: &String| OF_RULES.iter().any(|c| code.starts_with(c.key()));
        let expected: BTreeSet<&String> = codes.iter().filter(|code| !left_to_rules(code)).collect();
        if found.iter().collect::<BTreeSet<_>>() != expected {
            wrong.push(format!("{}\n  expected {codes:?}\n  found    {found:?}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_code_is_exercised() {
    let told: BTreeSet<String> =
        stories().into_iter().flat_map(|(_, codes)| codes).map(|c| c[..4].to_owned()).collect();
    let elsewhere: Vec<Code> = ELSEWHERE.iter().chain(&OF_PATHS).map(|(code, _)| *code).collect();
    for code in Code::ALL {
        assert_ne!(told.contains(code.key()), elsewhere.contains(code), "{}", code.key());
    }
}

#[test]
fn every_fault_says_what_to_do_and_where() {
    for (path, _) in stories() {
        for fault in super::read(&path, &[]).err().unwrap_or_default() {
            let shown = fault.to_string();
            assert!(!fault.says.is_empty() && !fault.remedy.is_empty(), "{shown}");
            assert!(!fault.says.ends_with('.') && !fault.remedy.ends_with('.'), "{shown}");
            if let Some(source) = &fault.source {
                assert!(source.line.get(source.start..source.start + source.len).is_some(), "{shown}");
            } else {
                assert!(
                    fault.at.line == 0 || matches!(fault.code, Code::NotText | Code::TooLarge),
                    "{shown}"
                );
            }
        }
    }
}

#[test]
fn the_table_of_codes_is_complete() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes.md"))
        .expect("codes.md");
    let rows: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let keys: Vec<&str> =
        Code::ALL.iter().map(|c| c.key()).chain(FindingCode::ALL.iter().map(|c| c.key())).collect();
    assert_eq!(rows, keys);
    for code in Code::ALL {
        assert!(text.contains(code.title()), "{}: {}", code.key(), code.title());
    }
    for code in FindingCode::ALL {
        assert!(text.contains(code.title()), "{}: {}", code.key(), code.title());
    }
}

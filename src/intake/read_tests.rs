//! Reading: settings, shapes, tolerance, limits, and input of every kind that must not bring the process down.

use proptest::prelude::*;

use crate::model::catalogue::{Level, Tier, Word};
use crate::model::fault::{Code, Fault};
use crate::model::finding::FindingCode;
use crate::model::quantity::Points;
use crate::model::roster::Roster;

use super::cells;
use super::csv_text;
use super::{Reading, json_value, plan_read, read, read_toml, roster_digest_bytes, toml_value};

const HEAD: &str = "name = \"A\"\npreset = \"aspiring-leaders\"\nstarts = 2026-08-24\n";
const TWO: &str = "coaches = [{ id = \"ada\", max = 2 }]\ncoachees = [{ id = \"ben\" }]\n";

fn with(sets: &[&str]) -> Result<Reading, Vec<Fault>> {
    let sets: Vec<String> = sets.iter().map(ToString::to_string).collect();
    read_toml("story.toml", &format!("{HEAD}{TWO}"), &sets)
}

fn shown(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(|f| format!("{} @ {}", f.code.key(), f.at)).collect()
}

fn faults(result: Result<Reading, Vec<Fault>>) -> Vec<String> {
    shown(&result.err().unwrap_or_default())
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("programme.toml"), HEAD).expect("written");
    std::fs::write(dir.path().join("coaches.csv"), "id,max\nada,2\n").expect("written");
    std::fs::write(dir.path().join("coachees.csv"), "id\nben\n").expect("written");
    for (name, bytes) in files {
        std::fs::write(dir.path().join(name), bytes).expect("written");
    }
    dir
}

fn roster(files: &[(&str, &[u8])]) -> Roster {
    match read(folder(files).path(), &[]) {
        Ok(reading) => reading.roster,
        Err(faults) => panic!("{:?}", shown(&faults)),
    }
}

fn digest(roster: &Roster) -> Vec<u8> {
    let mut all = Vec::new();
    roster_digest_bytes(roster, &mut |bytes| all.extend_from_slice(bytes));
    all
}

#[test]
fn settings_go_over_the_programme() {
    let sets = [
        "travel.max_minutes=45",
        "rules.school=off",
        "needs.weight = 12.5",
        "objective=score,coverage",
        "line.steps=2",
    ];
    let rules = with(&sets).expect("valid").roster.programme.rules;
    assert_eq!((rules.travel.max_minutes, rules.school.level, rules.line.steps), (Some(45), Level::Off, 2));
    assert_eq!(rules.needs.weight, Points(12_500_000));
    assert_eq!(rules.objective, [Tier::Score, Tier::Coverage]);
}

#[test]
fn settings_have_one_form() {
    for (set, code) in [
        ("travel", "E048 @ --set"),
        ("=off", "E048 @ --set"),
        ("travel.kmh=", "E048 @ --set"),
        ("shool=off", "E032 @ --set:shool"),
        ("travel.khm=30", "E034 @ --set:travel.khm"),
        ("travel.kmh=fast", "E034 @ --set:travel.kmh"),
        ("capacity=soft", "E035 @ --set:capacity"),
        ("rings.longest=2", "E034 @ --set:rings.longest"),
        ("sector_mix.share=1.1", "E034 @ --set:sector_mix.share"),
        ("sector_mix.share=0.1234567", "E034 @ --set:sector_mix.share"),
        ("hours.per_pair=6.125", "E034 @ --set:hours.per_pair"),
        ("hours.per_pair=-1", "E034 @ --set:hours.per_pair"),
        ("external.budget=-0.01", "E034 @ --set:external.budget"),
        ("external.budget=1000000001", "E034 @ --set:external.budget"),
        ("external.limit=soft", "E035 @ --set:external.limit"),
        ("school_quota.least=-1", "E034 @ --set:school_quota.least"),
        ("sector_spread.k=0", "E034 @ --set:sector_spread.k"),
        ("apart.share=1", "E034 @ --set:apart.share"),
        ("objective=coverage,scores", "E036 @ --set:objective"),
    ] {
        assert_eq!(faults(with(&[set])), [code], "{set}");
    }
}

#[test]
fn rules_about_several_pairs_are_read_as_they_are_written() {
    let book = |sets: &[&str]| with(sets).map(|reading| reading.roster.programme.rules);
    let rules = book(&[
        "external.budget=12000.5",
        "external.days=0.5",
        "hours=waivable",
        "hours.per_pair=1.25",
        "sector_mix.share=0.333333",
        "rings=hard",
        "rings.longest=Any",
        "school_quota.most=3",
        "travel_budget=info",
    ])
    .expect("valid");
    assert_eq!((rules.external.budget, rules.external.days), (Some(1_200_050), 50));
    assert_eq!((rules.hours.level, rules.hours.per_pair), (Level::Waivable, 125));
    assert_eq!((rules.sector_mix.share, rules.sector_mix.level), (333_333, Level::Off));
    assert_eq!((rules.rings.longest, rules.school_quota.most), (None, Some(3)));
    assert_eq!(rules.travel_budget.level, Level::Info);
    assert_eq!(book(&["external.budget=0"]).expect("valid").external.budget, Some(0));
    for (sets, place) in [
        (["school_quota.least=3", "school_quota.most=2"], "E034 @ --set:school_quota.most"),
        (["rings=soft", "rings.longest=4"], "E034 @ --set:rings.longest"),
        (["rings.longest=any", "rings=soft"], "E034 @ --set:rings"),
    ] {
        assert_eq!(faults(with(&sets)), [place], "{sets:?}");
    }
}

#[test]
fn the_budget_has_the_level_of_the_rule_where_that_excludes() {
    let level = |sets: &[&str]| with(sets).expect("valid").roster.programme.rules.budget_level();
    assert_eq!(level(&["external=soft"]), Level::Off, "without a budget there is nothing to keep to");
    assert_eq!(level(&["external=soft", "external.budget=5"]), Level::Waivable);
    assert_eq!(level(&["external=info", "external.budget=5", "external.limit=info"]), Level::Info);
    assert_eq!(level(&["external=waivable", "external.budget=5", "external.limit=info"]), Level::Waivable);
    assert_eq!(level(&["external=off", "external.budget=5"]), Level::Off);
}

#[test]
fn a_level_of_declared_speaks_for_the_kinds_that_are_not_named() {
    let kinds = |rules: &str| {
        let text = format!("{HEAD}{TWO}[rules]\ndeclared = {rules}\n");
        let book = read_toml("a.toml", &text, &[]).expect("valid").roster.programme.rules;
        (book.declared.kinds[0], book.declared.kinds[4])
    };
    assert_eq!(
        kinds("{ level = \"hard\" }"),
        (Level::Waivable, Level::Hard),
        "the preset's own level changes nothing"
    );
    assert_eq!(kinds("\"waivable\""), (Level::Waivable, Level::Waivable));
    assert_eq!(kinds("{ level = \"soft\", rival = \"hard\" }"), (Level::Soft, Level::Hard));
}

#[test]
fn an_objective_that_names_a_tier_switches_it_on() {
    let book = |text: &str| {
        let text = format!("name = \"A\"\npreset = \"bare\"\nstarts = 2026-08-24\n{text}");
        read_toml("a.toml", &text, &[]).expect("valid").roster.programme.rules
    };
    let named = book(&format!("objective = [\"coverage\", \"floor\", \"balance\"]\n{TWO}"));
    assert_eq!(
        (named.floor, named.balance.level, named.balance.weight),
        (Level::Soft, Level::Soft, Points(5_000_000))
    );
    let refused = book(&format!("objective = [\"coverage\", \"floor\"]\n{TWO}[rules]\nfloor = \"off\"\n"));
    assert_eq!(refused.floor, Level::Off);
    assert_eq!(book(TWO).floor, Level::Off);
}

#[test]
fn paths_that_are_no_programme() {
    let dir = folder(&[("plan.xlsx", b"PK"), ("notes.txt", b"x")]);
    let of = |name: &str| shown(&read(&dir.path().join(name), &[]).err().unwrap_or_default());
    assert_eq!(of("plan.xlsx"), ["E046 @ plan.xlsx"]);
    assert_eq!(of("notes.txt"), ["E046 @ notes.txt"]);
    let missing = dir.path().join("nowhere");
    assert_eq!(of("nowhere"), [format!("E001 @ {}", missing.display())]);
}

#[test]
fn json_faults_have_lines() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("a.json");
    let of = |text: &str| {
        std::fs::write(&path, text).expect("written");
        shown(&read(&path, &[]).err().unwrap_or_default())
    };
    assert_eq!(of("{\"coaches\": [}"), ["E006 @ a.json:1"]);
    assert_eq!(of("[]"), ["E006 @ a.json:1"]);
    let head = "\"programme\": {\"name\": \"A\", \"preset\": \"bare\", \"starts\": \"2026-08-24\"}";
    let text = format!(
        "{{{head},\n\"coaches\": [{{\"id\": \"ada\",\n\"max\": \"2-3\"}}],\n\"coachees\": [], \"x\": 1}}"
    );
    assert_eq!(of(&text), ["E011 @ a.json:3:max", "E031 @ a.json:4:x"]);
    let good = format!(
        "{{{head}, \"coaches\": [{{\"id\": \"ada\", \"max\": \"2\", \"maxMinutes\": 5, \
        \"strengths\": [{{\"tag\": \"a\", \"level\": 2}}, {{\"tag\": \"b\"}}]}}], \"coachees\": []}}"
    );
    assert_eq!(of(&good), [""; 0]);
}

#[test]
fn spellings_of_spreadsheets_are_understood() {
    let plain = roster(&[
        ("coaches.csv", "id,name,role,max,drives,max_minutes\nada,Mòrag,HT (acting),2,yes,30\n".as_bytes()),
        ("coachees.csv", b"id,slots\nben,mon-am;tue-pm\n"),
        ("history.csv", b"coach,coachee,from\nada,ben,2026-08-24\n"),
    ]);
    let other = folder(&[
        ("coaches.csv", b"\"Max Minutes\",DRIVES , Max,role,name,ID,\r\n30.0,Y, 2.0 ,Acting HT,M\xf2rag,ada,\r\n,,,,,,\r\n"),
        ("coachees.csv", "\u{feff}id,slots\r\n ben , tue-pm ; mon-am;\r\n\r\n".as_bytes()),
        ("history.csv", b"coach,coachee,from\rada,ben,24/8/2026\r"),
    ]);
    let reading = read(other.path(), &[]).expect("valid");
    assert_eq!(reading.roster, plain);
    assert_eq!(digest(&reading.roster), digest(&plain));
    let codes: Vec<FindingCode> = reading.findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, [FindingCode::ActingRole, FindingCode::Converted]);
}

#[test]
fn the_order_of_rows_does_not_show() {
    let coaches: &[u8] = b"id,max,strengths,school\nb,2,y:1;x:2,hill\na,1,X:3,park;hill\n";
    let turned: &[u8] = b"school,id,max,strengths\nhill;park,a,1,X:3\nhill,b,2,x:2;y:1\n";
    let (one, two) = (roster(&[("coaches.csv", coaches)]), roster(&[("coaches.csv", turned)]));
    assert_eq!(one, two);
    assert_eq!(digest(&one), digest(&two));
    let changed =
        roster(&[("coaches.csv", b"id,max,strengths,school\nb,2,y:1;x:2,hill\na,2,X:3,park;hill\n")]);
    assert_ne!(digest(&one), digest(&changed));
}

#[test]
fn headers_alone_are_nobody() {
    let empty = roster(&[
        ("coaches.csv", b"id,max\n"),
        ("coachees.csv", b"id"),
        ("pairs.csv", b"coach,coachee,score\n"),
    ]);
    assert!(empty.coaches.is_empty() && empty.coachees.is_empty());
    assert_eq!(empty.pairs.starts, [0]);
}

#[test]
fn a_line_without_end_is_not_read() {
    let long = format!("id,name,max\nada,{},2\n", "x".repeat(1 << 20));
    assert_eq!(
        faults(read(folder(&[("coaches.csv", long.as_bytes())]).path(), &[])),
        ["E039 @ coaches.csv:2"]
    );
    let pairs = format!("coach,coachee\nada,ben\n{}", "x".repeat(6 << 20));
    assert_eq!(faults(read(folder(&[("pairs.csv", pairs.as_bytes())]).path(), &[])), ["E039 @ pairs.csv:3"]);
}

#[test]
fn a_huge_file_is_refused_unread() {
    let dir = folder(&[]);
    let file = std::fs::File::create(dir.path().join("schools.csv")).expect("a file");
    // Sparse: it takes no room, and reading it would take seconds.
    file.set_len(super::source::FILE_LIMIT + 1).expect("a size");
    let pairs = std::fs::File::create(dir.path().join("pairs.csv")).expect("a file");
    pairs.set_len(super::source::FILE_LIMIT + 1).expect("a size");
    assert_eq!(faults(read(dir.path(), &[])), ["E039 @ pairs.csv", "E039 @ schools.csv"]);
}

#[test]
fn a_million_people_are_the_limit() {
    use std::fmt::Write;
    let mut text = String::from("id\n");
    for i in 0..=super::directory::PEOPLE_LIMIT {
        let _ = writeln!(text, "{i}");
    }
    let dir = folder(&[("coachees.csv", text.as_bytes())]);
    assert_eq!(faults(read(dir.path(), &[])), [format!("{} @ coachees.csv", Code::ProblemTooLarge.key())]);
}

#[test]
fn pairs_are_the_same_whatever_way_they_are_read() {
    let ids: Vec<String> = (0..40).map(|i| format!("c{i}-{}", "x".repeat(i % 12))).collect();
    let list = |column: &str| ids.iter().fold(column.to_owned(), |all, id| format!("{all}\n{id},3"));
    let (coaches, coachees) = (list("id,max"), list("id,wanted"));
    let mut rows: Vec<(String, String)> = Vec::new();
    for (i, e) in ids.iter().enumerate() {
        for (j, c) in ids.iter().enumerate().filter(|(j, _)| i != *j) {
            let score = format!("{}{}.{:03}", if (i + j) % 3 == 0 { "-" } else { "" }, i * j, j);
            let minutes = if j % 4 == 0 { String::new() } else { (i + j).to_string() };
            rows.push((
                format!("{c},{e},{score},{minutes}"),
                format!(" \"{c}\" , \"{e}\", {score} ,{minutes}"),
            ));
        }
    }
    let of = |lines: Vec<&str>, end: &str| {
        let text = lines.iter().fold("coach,coachee,score,minutes".to_owned(), |all, line| all + end + line);
        let files: [(&str, &[u8]); 3] = [
            ("coaches.csv", coaches.as_bytes()),
            ("coachees.csv", coachees.as_bytes()),
            ("pairs.csv", text.as_bytes()),
        ];
        roster(&files).pairs
    };
    let fast = of(rows.iter().map(|(plain, _)| plain.as_str()).collect(), "\n");
    assert_eq!(fast.coach.len(), 40 * 39);
    assert_eq!(of(rows.iter().rev().map(|(plain, _)| plain.as_str()).collect(), "\r\n"), fast);
    assert_eq!(of(rows.iter().map(|(_, quoted)| quoted.as_str()).collect(), "\r"), fast);
    let mixed = rows.iter().enumerate().map(|(i, (a, b))| if i % 7 == 0 { b.as_str() } else { a.as_str() });
    assert_eq!(of(mixed.collect(), "\n"), fast);
}

#[test]
fn long_tables_of_pairs_keep_their_lines() {
    use std::fmt::Write;
    let list = |column: &str, n: u32| (0..n).fold(column.to_owned(), |all, i| format!("{all}\n{i:04},3"));
    let (coaches, coachees) = (list("id,max", 300), list("id,wanted", 300));
    let text = |quote: &str| {
        let mut text = String::from("coach,coachee,score\n\n");
        for i in 0..300 * 200 {
            let _ = writeln!(text, "{quote}{:04}{quote},{:04},{}.5", i % 300, i / 300, i % 7);
        }
        text
    };
    let table = |pairs: &str| {
        read(
            folder(&[
                ("coaches.csv", coaches.as_bytes()),
                ("coachees.csv", coachees.as_bytes()),
                ("pairs.csv", pairs.as_bytes()),
            ])
            .path(),
            &[],
        )
    };
    let plain = text("");
    assert!(plain.len() > 800_000, "long enough for two threads");
    let pairs = table(&plain).expect("valid").roster.pairs;
    assert_eq!(pairs.coach.len(), 60_000);
    assert_eq!(table(&text("\"")).expect("valid").roster.pairs, pairs);
    let odd = format!("{plain}0001,nobody,1\n0000,0299,9\n").replacen("0299,0000,", "0299,0000 ,x", 1);
    assert_eq!(faults(table(&odd)), ["E014 @ pairs.csv:302:score", "E020 @ pairs.csv:60003:coachee"]);
    let twice = format!("{plain}0000,0000,9\n");
    assert_eq!(faults(table(&twice)), ["E028 @ pairs.csv:60003:coach"]);
    for end in ["\r\n", "\r"] {
        assert_eq!(table(&plain.replace('\n', end)).expect("valid").roster.pairs, pairs, "{end:?}");
    }
    let two_lines = plain.replacen("\n0001,0150,", "\n\"0001\n\",0150,", 1);
    assert_eq!(table(&two_lines).expect("valid").roster.pairs, pairs);
    let odd = format!("{two_lines}0001,nobody,1\n");
    assert_eq!(faults(table(&odd)), ["E020 @ pairs.csv:60004:coachee"]);
    let backwards: Vec<&str> = plain.lines().skip(2).collect();
    let backwards =
        backwards.iter().rev().fold("coach,coachee,score".to_owned(), |all, row| all + "\n" + row);
    assert_eq!(table(&backwards).expect("valid").roster.pairs, pairs);
    let nul = plain.replacen("\n0002,0170,", "\n00\x0002,0170,", 1);
    let line = plain[..plain.find("\n0002,0170,").expect("there")].lines().count() + 1;
    assert_eq!(faults(table(&nul)), [format!("{} @ pairs.csv:{line}", Code::NotText.key())]);
}

#[test]
fn names_in_place_of_ids_are_recognised() {
    let people: &[u8] = b"id,name\nP01,Mairi Ballantyne\n";
    let list = read(
        folder(&[("people.csv", people), ("coachees.csv", b"id,manager\nben,mairi ballantyne\n")]).path(),
        &[],
    )
    .expect_err("refused");
    assert_eq!(&*list[0].remedy, "write the id \"P01\", not the name");
}

#[test]
fn pairs_in_windows_1252_are_read_again_as_a_whole() {
    let coaches = "id,max\nMòrag,2\nada,2\n".as_bytes();
    let dir = folder(&[
        ("coaches.csv", coaches),
        ("pairs.csv", b"coach,coachee,score\nada,ben,1\nM\xf2rag,ben,2\n"),
    ]);
    let reading = read(dir.path(), &[]).expect("valid");
    assert_eq!(reading.roster.pairs.score, [Points(2_000_000), Points(1_000_000)]);
    assert_eq!(reading.findings.len(), 1);
}

#[test]
fn faults_of_long_files_are_counted_not_kept() {
    let rows = (0..20_000).fold(String::from("coach,coachee\n"), |all, i| format!("{all}x{i},ben\n"));
    let list = read(folder(&[("pairs.csv", rows.as_bytes())]).path(), &[]).expect_err("refused");
    assert_eq!(list.len(), 10_000);
    assert!(list[9_999].says.contains("10000 faults more"), "{}", list[9_999].says);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_brings_a_parser_down(text in any::<String>()) {
        let _ = toml_value::read(&text);
        let _ = json_value::read(&text);
        let _ = plan_read::of_text("plan.json", text.clone());
        let _ = cells::parse_date(&text);
        let _ = read_toml("a.toml", &text, std::slice::from_ref(&text));
    }

    #[test]
    fn no_bytes_bring_a_reader_down(table in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..13) {
        let kind = super::tables::TableKind::ALL[at];
        let mut bytes = kind.columns().iter().map(|c| c.name).collect::<Vec<_>>().join(",").into_bytes();
        bytes.push(b'\n');
        bytes.extend(&table);
        let _ = read(folder(&[(&format!("{}.csv", kind.key()), &bytes)]).path(), &[]);
    }

    #[test]
    fn cells_of_any_text_never_panic(cell in "[0-9a-z,;:\"'= .\\-/é]{0,12}", at in 0_usize..13, column in 0_usize..27) {
        let kind = super::tables::TableKind::ALL[at];
        let columns = kind.columns();
        let row: Vec<&str> = (0..columns.len()).map(|c| if c == column % columns.len() { cell.as_str() } else { "ada" }).collect();
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(columns.iter().map(|c| c.name)).expect("written");
        out.write_record(&row).expect("written");
        let bytes = out.into_inner().expect("a vector");
        let _ = read(folder(&[(&format!("{}.csv", kind.key()), &bytes)]).path(), &[]);
    }

    #[test]
    fn rows_are_cut_as_the_csv_crate_cuts_them(rows in proptest::collection::vec(proptest::collection::vec("[a-c\",\n\r' ]{0,5}", 2..4), 1..5)) {
        let mut out = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for row in &rows {
            out.write_record(row).expect("written");
        }
        let text = String::from_utf8(out.into_inner().expect("a vector")).expect("text");
        let (mut at, mut cells) = (0, Vec::new());
        for row in &rows {
            let (next, torn) = csv_text::cut_row(&text, at, &mut cells);
            prop_assert_eq!(torn, Ok(()));
            let cut: Vec<&str> = cells.iter().map(|c| c.own.as_deref().unwrap_or(&text[c.start..c.end]).trim()).collect();
            let given: Vec<&str> = row.iter().map(|cell| cell.trim()).collect();
            prop_assert_eq!(cut, given);
            at = next;
        }
        prop_assert_eq!(at, text.len());
    }

    #[test]
    fn decimals_and_dates_survive(micro in -1_000_000_000_000_000_i64..=1_000_000_000_000_000, day in 0..109_000_i32) {
        let text = Points(micro).to_string();
        prop_assert!(cells::is_decimal(&text));
        prop_assert_eq!(Points::parse(&text), Some(Points(micro)));
        prop_assert_eq!(super::pair_scan::plain_points(text.as_bytes()).unwrap_or(Points(micro)), Points(micro));
        let date = crate::model::date::Date::new(1900, 1, 1).expect("a day").plus_days(day);
        let (y, m, d) = date.civil();
        prop_assert_eq!(cells::parse_date(&date.to_string()), Some(date));
        prop_assert_eq!(cells::parse_date(&format!("{d}/{m}/{y}")), Some(date));
    }
}

#[test]
fn words_have_one_spelling_each() {
    // A case-blind look-up must not find two members.
    fn distinct<W: Word>() {
        let mut keys: Vec<String> = W::ALL.iter().map(|w| super::tables::folded(w.key())).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), W::ALL.len());
    }
    distinct::<crate::model::catalogue::RuleKey>();
    distinct::<crate::model::catalogue::Sector>();
    distinct::<crate::model::catalogue::Preset>();
}

//! What may be typed.

use super::log::LogLevel;
use crate::service::stored::{DAYS, ResourceId, Scope, Where};
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const AFTER: &str = "\
A PROGRAMME is a folder with programme.toml and CSV files, one .toml file, or one .json file.

Exit codes:
  0  everyone matched; clean
  1  our own failure
  2  bad usage or invalid input
  3  a plan, but somebody is unmatched; findings
  4  the hard rules contradict each other
  5  stopped before a plan was found";

/// Pairs coaches with coachees, proves that the pairing is the best the rules allow, and explains it.
#[derive(Parser, Debug)]
#[command(name = "dyad", version, styles = STYLES, after_help = AFTER, max_term_width = 110)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Args, Debug)]
pub struct Global {
    /// How to answer: a table by default on a terminal, else JSON
    #[arg(long, global = true, value_enum)]
    pub format: Option<Format>,
    /// Say nothing but the answer and what is wrong
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// How many threads to use: as many as there are processors by default; the answer is the same on any number
    #[arg(long, global = true, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
    /// Tell on standard error what is done and how long it takes, without names
    #[arg(long, global = true, value_name = "LEVEL", value_enum, env = "DYAD_LOG", hide_env_values = true)]
    pub log: Option<LogLevel>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    Table,
    Json,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Match coachees to coaches, with a proof
    Match(MatchArgs),
    /// List every fault and the gap check; solve nothing
    Check(CheckArgs),
    /// Check a plan and its proof again, without the solver
    Verify(VerifyArgs),
    /// Put two plans of a programme side by side
    Compare(CompareArgs),
    /// Say why a coachee has this coach and not that one, and what it would cost
    Explain(ExplainArgs),
    /// Say who cannot be matched, who shares too few places, and what would help
    Shortage(ShortageArgs),
    /// Change something, repair the plan, and see what it costs and what further moves would gain
    WhatIf(WhatIfArgs),
    /// Lose every coach in turn: who is stranded, what the repair costs
    Contingencies(ContingenciesArgs),
    /// The next-best plans that differ in a number of pairs
    Alternatives(AlternativesArgs),
    /// What two rules, or coverage and score, cost each other: every corner of the curve
    TradeOff(TradeOffArgs),
    /// Write a programme in another shape
    Convert(ConvertArgs),
    /// Serve gRPC and gRPC-web on one port
    Serve(ServeArgs),
    /// Make, list and revoke the tokens that let callers in
    Token(TokenArgs),
    /// The East Ayrshire programme, built in: check, match, explain one pair, lose one coach
    Demo,
    /// Print shell completions
    #[command(hide = true)]
    Completions { shell: Shell },
    /// Solve integer programmes for another dyad
    #[command(hide = true)]
    SolveWorker {
        /// The most memory to use, in bytes
        #[arg(long)]
        memory: u64,
    },
    /// Print the manual page
    #[command(hide = true)]
    Man,
}

#[derive(Args, Debug)]
pub struct MatchArgs {
    /// The programme's folder or file
    pub programme: PathBuf,
    /// Write the plan here as well; may be given several times [.json, .csv]
    #[arg(long, value_name = "FILE")]
    pub out: Vec<PathBuf>,
    /// Stop after this long with the best plan so far [60s, 500ms, 2m]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub time_limit: Option<Duration>,
    /// A plan to stay close to: a plan of an earlier match, or a plan.csv
    #[arg(long, value_name = "BASELINE")]
    pub plan: Option<PathBuf>,
    /// For whom the answer is; files that are written are always the planner's
    #[arg(long = "for", value_name = "READER", value_enum, default_value = "planner")]
    pub reader: Reader,
    #[command(flatten)]
    pub sets: Sets,
}

#[derive(Args, Debug)]
pub struct CheckArgs {
    /// The programme's folder or file
    pub programme: PathBuf,
    #[command(flatten)]
    pub sets: Sets,
}

#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// The programme's folder or file
    pub programme: PathBuf,
    /// The plan to check [.json]
    #[arg(long, value_name = "PLAN")]
    pub plan: PathBuf,
    /// The plan that the match was given with --plan
    #[arg(long, value_name = "BASELINE")]
    pub baseline: Option<PathBuf>,
    #[command(flatten)]
    pub sets: Sets,
}

#[derive(Args, Debug)]
pub struct CompareArgs {
    /// The programme's folder or file
    pub programme: PathBuf,
    /// The two plans, the earlier one first: --plan A --plan B
    #[arg(long, value_name = "PLAN", required = true)]
    pub plan: Vec<PathBuf>,
}

#[derive(Args, Debug)]
#[command(group(clap::ArgGroup::new("who").required(true).multiple(true).args(["coachee", "coach"])))]
pub struct ExplainArgs {
    /// The programme's folder or file
    pub programme: PathBuf,
    /// The plan that is asked about: a plan of an earlier match [.json], or a plan.csv
    #[arg(long, value_name = "PLAN")]
    pub plan: PathBuf,
    /// The plan that the match was given with --plan
    #[arg(long, value_name = "BASELINE")]
    pub baseline: Option<PathBuf>,
    /// The coachee: alone, why this coach, and the best others; with --coach, why this pair or why not
    #[arg(long, value_name = "ID")]
    pub coachee: Option<String>,
    /// The coach: alone, why these coachees, and the best others
    #[arg(long, value_name = "ID")]
    pub coach: Option<String>,
    /// How many of the best others to list
    #[arg(long, value_name = "K", default_value_t = 3, value_parser = clap::value_parser!(u8).range(0..=50))]
    pub best: u8,
    #[command(flatten)]
    pub sets: Sets,
}

#[derive(Args, Debug)]
pub struct ShortageArgs {
    /// The programme's folder or file
    pub programme: PathBuf,
    /// A plan to stay close to, as match takes it: a plan of an earlier match, or a plan.csv
    #[arg(long, value_name = "BASELINE")]
    pub plan: Option<PathBuf>,
    /// Stop each match after this long [60s, 500ms, 2m]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub time_limit: Option<Duration>,
    #[command(flatten)]
    pub sets: Sets,
}

#[derive(Args, Debug)]
pub struct Start {
    /// The plan to start from: a plan of an earlier match [.json], or a plan.csv
    #[arg(long, value_name = "PLAN")]
    pub plan: PathBuf,
    /// The plan that the match was given with --plan
    #[arg(long, value_name = "BASELINE")]
    pub baseline: Option<PathBuf>,
    /// Take the plan although the programme is no longer the one it was made for; what does not fit is listed
    #[arg(long)]
    pub rebase: bool,
}

#[derive(Args, Debug)]
pub struct WhatIfArgs {
    /// The programme's folder or file
    pub programme: PathBuf,
    #[command(flatten)]
    pub start: Start,
    /// Somebody leaves; may be given several times
    #[arg(long, value_name = "ID")]
    pub drop: Vec<String>,
    /// Rows that come: coaches.csv, coachees.csv, conflicts.csv, employment.csv, …, or a TOML file with such tables, drop, places and [rules]
    #[arg(long, value_name = "FILE")]
    pub add: Vec<PathBuf>,
    /// How many places a coach has from now on: C03=2; may be given several times
    #[arg(long, value_name = "COACH=N", value_parser = places)]
    pub places: Vec<(String, u32)>,
    #[command(flatten)]
    pub sets: Sets,
    /// How many pairs may move beyond those that must; any: as many as gain something
    #[arg(long, value_name = "N|any", value_parser = moves)]
    pub moves: Option<Further>,
    /// Several repairs side by side: a TOML file with a [[scenario]] each: name, drop, places, moves, rules and tables of rows
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    pub scenarios: Option<PathBuf>,
    /// For whom the answer is; files that are written are always the planner's
    #[arg(long = "for", value_name = "READER", value_enum, default_value = "planner")]
    pub reader: Reader,
    /// Write the repaired plan here as well; may be given several times [.json, .csv]
    #[arg(long, value_name = "FILE")]
    pub out: Vec<PathBuf>,
    /// Stop after this long with the best plan so far [60s, 500ms, 2m]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub time_limit: Option<Duration>,
}

#[derive(Args, Debug)]
pub struct ContingenciesArgs {
    /// The programme's folder or file
    pub programme: PathBuf,
    #[command(flatten)]
    pub start: Start,
    /// Coaches who are lost at once: C03,C07; may be given several times
    #[arg(long, value_name = "ID,ID")]
    pub together: Vec<String>,
    #[command(flatten)]
    pub sets: Sets,
}

#[derive(Args, Debug)]
pub struct AlternativesArgs {
    /// The programme's folder or file
    pub programme: PathBuf,
    /// The plan to differ from: a plan of an earlier match, or a plan.csv; else the best one
    #[arg(long, value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    /// In how many pairs at least
    #[arg(long, value_name = "D", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub differ: u32,
    /// How many plans
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub count: u32,
    #[command(flatten)]
    pub sets: Sets,
    /// Stop after this long with what was found [60s, 500ms, 2m]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub time_limit: Option<Duration>,
}

#[derive(Args, Debug)]
pub struct TradeOffArgs {
    /// The programme's folder or file
    pub programme: PathBuf,
    /// Two soft rules about pairs: needs,travel; or coverage,score
    #[arg(long, value_name = "A,B")]
    pub between: String,
    #[command(flatten)]
    pub sets: Sets,
    /// Stop after this long with what was found [60s, 500ms, 2m]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub time_limit: Option<Duration>,
}

/// Who reads the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Reader {
    /// Everything, rules by name
    Planner,
    /// Who with whom, and what speaks for it; nothing of what speaks against anything
    Participant,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Further {
    Most(u32),
    Any,
}

/// `--moves`, and `moves` of a scenario.
pub fn moves(text: &str) -> Result<Further, String> {
    if text == "any" {
        return Ok(Further::Any);
    }
    text.parse().map(Further::Most).map_err(|_| "a whole number, or any".to_owned())
}

fn places(text: &str) -> Result<(String, u32), String> {
    let wrong = || "a coach and a number of places, as in C03=2".to_owned();
    let (coach, number) = text.rsplit_once('=').ok_or_else(wrong)?;
    Ok((coach.to_owned(), number.parse().map_err(|_| wrong())?))
}

#[derive(Args, Debug)]
pub struct ConvertArgs {
    /// The programme's folder or file
    pub programme: PathBuf,
    /// Where to write it: a folder, a .toml file, or a .json file
    pub out: PathBuf,
}

#[derive(Args, Debug)]
pub struct ServeArgs {
    /// Where to listen: an address of this machine and a port, 0 for any; without TLS only on the machine itself
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7878")]
    pub listen: SocketAddr,
    #[arg(
        help = "Where programmes are kept: sqlite:FILE, postgres://USER@HOST/DATABASE, or none",long, value_name = "STORE", default_value = DEFAULT_STORE, env = "DYAD_STORE", hide_env_values = true, value_parser = store)]
    pub store: Choice,
    #[command(flatten)]
    pub key: KeyArgs,
}

const DEFAULT_STORE: &str = "sqlite:dyad.db";

/// Whether programmes are kept, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Choice {
    None,
    Store(Where),
}

fn store(text: &str) -> Result<Choice, String> {
    if text == "none" { Ok(Choice::None) } else { text.parse().map(Choice::Store) }
}

#[derive(Args, Debug)]
pub struct KeyArgs {
    /// The file with the store's key, 64 hexadecimal digits; with SQLite by default FILE.key beside the database, made with it
    #[arg(long, value_name = "FILE", env = "DYAD_KEY_FILE")]
    pub key_file: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub struct TokenArgs {
    #[arg(
        help = "Where programmes are kept: sqlite:FILE or postgres://USER@HOST/DATABASE",long, global = true, value_name = "STORE", default_value = DEFAULT_STORE, env = "DYAD_STORE", hide_env_values = true)]
    pub store: Where,
    #[command(flatten)]
    pub key: KeyArgs,
    /// Whose programmes
    #[arg(long, global = true, value_name = "ID", default_value = "default", value_parser = id)]
    pub tenant: ResourceId,
    #[command(subcommand)]
    pub action: TokenAction,
}

#[derive(Subcommand, Debug)]
pub enum TokenAction {
    /// Make a token and print it; it is shown this once
    Create {
        /// What it is for
        #[arg(long)]
        name: String,
        /// What it allows; may be given several times, all by default
        #[arg(long, value_name = "SCOPE", value_parser = scope)]
        scope: Vec<Scope>,
        /// How long it is valid
        #[arg(long, default_value_t = DAYS, value_parser = clap::value_parser!(u16).range(1..=3650))]
        days: u16,
    },
    /// List the tokens, without their secrets
    List,
    /// Let nobody in with a token from now on
    Revoke {
        /// Its id, as list shows it
        #[arg(value_parser = id)]
        id: ResourceId,
    },
}

fn id(text: &str) -> Result<ResourceId, String> {
    ResourceId::parse(text).ok_or_else(|| "1 to 63 of a-z, 0-9 and -, a letter or digit first".to_owned())
}

fn scope(text: &str) -> Result<Scope, String> {
    let all = || Scope::ALL.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(", ");
    Scope::parse(text).ok_or_else(|| format!("one of {}", all()))
}

#[derive(Args, Debug)]
pub struct Sets {
    /// Change a rule for this run: travel.weight=20, sector=off; may be given several times
    #[arg(long = "set", value_name = "RULE.KEY=VALUE")]
    pub set: Vec<String>,
}

/// 1 to 1024: more threads than any machine we know has processors is a typing error.
fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n @ 1..=1024) => Ok(n),
        _ => Err("a whole number from 1 to 1024".to_owned()),
    }
}

/// `500ms`, `60s`, `2m`, `1h`, with at most a day in all; a plain number is refused, for nobody can say what it counts.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "a time such as 500ms, 60s or 2m, at most 24h".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let each = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    let milliseconds =
        number.checked_mul(each).filter(|ms| (1..=86_400_000).contains(ms)).ok_or_else(wrong)?;
    Ok(Duration::from_millis(milliseconds))
}

#[cfg(test)]
mod tests {
    use super::{Cli, duration, threads};
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn times_say_their_unit() {
        for (text, ms) in [("500ms", 500), ("60s", 60_000), ("2m", 120_000), ("24h", 86_400_000)] {
            assert_eq!(duration(text).map(|d| d.as_millis()), Ok(ms), "{text}");
        }
        for text in ["", "60", "s", "1.5s", "-1s", "0s", "25h", "1d", "99999999999999999999s", "1 s"] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert!(threads("0").is_err() && threads("1025").is_err() && threads("2") == Ok(2));
    }
}

//! The least work that reading `pairs.csv` can be: splits the file, keeps coach and coachee as text, parses the score.
//! `csv_pass FILE` prints the seconds. `command.py` measures Dyad's reading and building against it.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: csv_pass FILE")?;
    let began = Instant::now();
    let mut reader = csv::ReaderBuilder::new().from_path(path)?;
    let headers = reader.headers()?.clone();
    let column = |name: &str| headers.iter().position(|head| head == name).ok_or(format!("no column {name}"));
    let (coach, coachee, score) = (column("coach")?, column("coachee")?, column("score")?);
    let mut row = csv::StringRecord::new();
    let mut total = 0.0;
    while reader.read_record(&mut row)? {
        black_box((&row[coach], &row[coachee]));
        total += row[score].parse::<f64>()?;
    }
    black_box(total);
    println!("{:.6}", began.elapsed().as_secs_f64());
    Ok(())
}

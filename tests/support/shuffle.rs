//! The same programme with its rows, and the columns of its files, in another order.

use std::fs;
use std::path::{Path, PathBuf};

/// Copies the programme into `to` with everything shuffled, and says where it is now.
pub fn copy(programme: &Path, to: &Path, seed: u64) -> Result<PathBuf, String> {
    let mut dice = Dice(seed);
    let name = programme.file_name().ok_or("a scenario has a name")?;
    let target = to.join(name);
    if programme.is_dir() {
        fs::create_dir(&target).map_err(|e| e.to_string())?;
        for entry in fs::read_dir(programme).map_err(|e| e.to_string())? {
            let from = entry.map_err(|e| e.to_string())?.path();
            let bytes = fs::read(&from).map_err(|e| e.to_string())?;
            let csv = from.extension().is_some_and(|e| e == "csv");
            let bytes = if csv { table(&bytes, &mut dice) } else { bytes };
            fs::write(target.join(from.file_name().unwrap_or_default()), bytes).map_err(|e| e.to_string())?;
        }
    } else {
        let text = fs::read_to_string(programme).map_err(|e| e.to_string())?;
        let text =
            if target.extension().is_some_and(|e| e == "toml") { inline(&text, &mut dice)? } else { text };
        fs::write(&target, text).map_err(|e| e.to_string())?;
    }
    Ok(target)
}

/// A CSV file's rows and columns. What is not plain comma-separated UTF-8 stays as it is.
fn table(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let plain = std::str::from_utf8(bytes).is_ok_and(|text| !text.starts_with('\u{feff}'));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    let rows: Result<Vec<csv::StringRecord>, _> = reader.records().collect();
    let (true, Ok(mut rows)) = (plain, rows) else { return bytes.to_vec() };
    if rows.is_empty() || rows[0].len() < 2 && rows[0].get(0).is_some_and(|h| h.contains(';')) {
        return bytes.to_vec();
    }
    dice.shuffle(&mut rows[1..]);
    let mut columns: Vec<usize> = (0..rows[0].len()).collect();
    dice.shuffle(&mut columns);
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    for row in &rows {
        let row: csv::StringRecord = columns.iter().map(|c| &row[*c]).collect();
        writer.write_record(&row).expect("writing to memory");
    }
    writer.into_inner().expect("writing to memory")
}

/// The tables of a single file: every list of tables is shuffled; lists of values keep their order, which may be a rank.
fn inline(text: &str, dice: &mut Dice) -> Result<String, String> {
    let mut programme: toml::Table = text.parse().map_err(|e| format!("{e}"))?;
    for (_, value) in &mut programme {
        if let toml::Value::Array(rows) = value
            && rows.iter().all(toml::Value::is_table)
        {
            dice.shuffle(rows);
        }
    }
    toml::to_string(&programme).map_err(|e| e.to_string())
}

/// Splitmix64: the same order on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn shuffle<T>(&mut self, rows: &mut [T]) {
        for last in (1..rows.len()).rev() {
            let bound = u64::try_from(last + 1).expect("a length");
            let other = usize::try_from(self.next() % bound).expect("below a length");
            rows.swap(last, other);
        }
    }
}

//! Two lanes through a long `pairs.csv`: each thread takes the next stretch of the file, reads it through a file of its
//! own, and finds the rows that start in it. Stretches are given on in the order of the file.
//!
//! Stretches are cut at fixed bytes, whatever stands there, so a quote that holds a line end cannot be told: a stretch
//! that is not plain text with rows of one line ends the lanes, and everything from there on is read the other way.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, mpsc};

use super::pair_scan::{LookUp, Stretch};
use super::source::LINE_LIMIT;

/// Bytes to a stretch: with the columns that come of it, it stays in the cache of one core.
const SIZE: u64 = 1 << 18;
/// Read beyond a stretch at first: the end of its last row is nearly always there.
const TAIL: usize = 1 << 10;

/// What a lane made of a stretch.
struct Done {
    stretch: Stretch,
    /// Up to which byte of the file it is read, if it could be.
    read: Option<u64>,
    /// Whether nothing is left of it for the other way.
    whole: bool,
}

/// Gives every stretch from `from` on to `join`, in order. Answers up to which byte everything is read: the size of the
/// file, where nothing hindered. `join` answers `Err` to end it all.
pub fn run<E>(
    path: &Path,
    from: u64,
    size: u64,
    lookup: LookUp<'_>,
    join: &mut dyn FnMut(&Stretch) -> Result<(), E>,
) -> Result<u64, E> {
    let next = AtomicU64::new(0);
    let spare: Mutex<Vec<Stretch>> = Mutex::default();
    let stretches = (size - from).div_ceil(SIZE);
    let lane = Lane { path, from, size, lookup };
    // The place is taken before the work, so what is still to come is always on its way.
    let take = |file: &mut Option<File>, buffer: &mut Vec<u8>| {
        let at = next.fetch_add(1, Ordering::Relaxed);
        let empty = || spare.lock().ok().and_then(|mut spare| spare.pop()).unwrap_or_default();
        (at < stretches).then(|| (at, lane.stretch(at, file, buffer, empty())))
    };
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let take = &take;
        scope.spawn(move || {
            let (mut file, mut buffer) = (None, Vec::new());
            while let Some(done) = take(&mut file, &mut buffer) {
                if sender.send(done).is_err() {
                    return;
                }
            }
        });
        let (mut file, mut buffer) = (None, Vec::new());
        let mut waiting = BTreeMap::new();
        let mut reached = from;
        for at in 0..stretches {
            let done = loop {
                waiting.extend(receiver.try_iter());
                if let Some(done) = waiting.remove(&at) {
                    break done;
                }
                match take(&mut file, &mut buffer) {
                    Some((at, done)) => waiting.extend([(at, done)]),
                    // The other lane has it, unless it has panicked: then the scope does too.
                    None => match receiver.recv() {
                        Ok((at, done)) => waiting.extend([(at, done)]),
                        Err(_) => return Ok(reached),
                    },
                }
            };
            let Done { mut stretch, read, whole } = done;
            reached = read.unwrap_or(reached);
            let joined = join(&stretch);
            if joined.is_err() || !whole {
                next.store(stretches, Ordering::Relaxed);
                return joined.map(|()| reached);
            }
            stretch.clear();
            if let Ok(mut spare) = spare.lock() {
                spare.push(stretch);
            }
        }
        Ok(reached)
    })
}

#[derive(Clone, Copy)]
struct Lane<'l> {
    path: &'l Path,
    from: u64,
    size: u64,
    lookup: LookUp<'l>,
}

impl Lane<'_> {
    /// The rows that start in a stretch.
    fn stretch(&self, at: u64, file: &mut Option<File>, buffer: &mut Vec<u8>, mut stretch: Stretch) -> Done {
        let start = self.from + at * SIZE;
        let end = (start + SIZE).min(self.size);
        let Some((first, last)) = self.fill(start, end, file, buffer) else {
            return Done { stretch, read: None, whole: false };
        };
        let bytes = &buffer[first..last];
        let origin = start - 1 + first as u64;
        // Neither characters nor rows are torn: the stretch begins and ends with a line.
        let text = std::str::from_utf8(bytes).ok().filter(|_| memchr::memchr(0, bytes).is_none());
        let Some(text) = text else { return Done { stretch, read: Some(origin), whole: false } };
        let read = self.lookup.stretch(text, &mut stretch);
        Done { stretch, read: Some(origin + read as u64), whole: read == text.len() }
    }

    /// Reads from the byte before `start`; answers where in the buffer the first line begins, and the first of the next
    /// stretch. `None` where the file cannot be read, or a line is too long for a table.
    fn fill(
        &self,
        start: u64,
        end: u64,
        file: &mut Option<File>,
        buffer: &mut Vec<u8>,
    ) -> Option<(usize, usize)> {
        if file.is_none() {
            *file = File::open(self.path).ok();
        }
        let file = file.as_mut()?;
        file.seek(SeekFrom::Start(start - 1)).ok()?;
        let own = usize::try_from(end - start).ok()? + 1;
        // What has been added to the file since is not part of it.
        let most = usize::try_from(self.size - start).ok()? + 1;
        let (mut wanted, mut filled) = (own + TAIL, 0);
        loop {
            wanted = wanted.min(most);
            buffer.resize(buffer.len().max(wanted), 0);
            while filled < wanted {
                match file.read(&mut buffer[filled..wanted]) {
                    Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                    got => match got.ok()? {
                        0 => return None,
                        got => filled += got,
                    },
                }
            }
            let (bytes, ended) = (&buffer[..filled], filled == most);
            if let (Some(first), Some(last)) = (line_start(bytes, 1, ended), line_start(bytes, own, ended)) {
                return Some((first, last));
            }
            if ended || wanted > own + LINE_LIMIT {
                return None;
            }
            wanted += LINE_LIMIT / 16;
        }
    }
}

/// The first place from `at` on where a line starts; the end of the text is one. `None` where it cannot be known yet.
fn line_start(bytes: &[u8], at: usize, ended: bool) -> Option<usize> {
    let from = at - 1;
    let Some(end) = memchr::memchr2(b'\n', b'\r', bytes.get(from..)?).map(|end| from + end) else {
        return ended.then_some(bytes.len());
    };
    match (bytes[end], bytes.get(end + 1)) {
        (b'\n', _) => Some(end + 1),
        (_, Some(b'\n')) => Some(end + 2),
        (_, Some(_)) => Some(end + 1),
        (_, None) => ended.then_some(end + 1),
    }
}

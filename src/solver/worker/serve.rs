//! The worker's side: questions from standard input, answers to standard output, until the input ends.

use super::frame;
use crate::solver::rows::lp;
use rlimit::Resource;
use std::io;
use std::sync::mpsc;

/// Seconds of processor time in all: the longest time limit there is. Only a process that nobody waits for any more gets there.
const PROCESSOR_SECONDS: u64 = 24 * 60 * 60;

/// Serves until whoever asked is gone; then ends this process, even in the middle of a programme.
pub fn serve(memory: u64) -> io::Result<()> {
    limit(Resource::AS, memory)?;
    limit(Resource::CPU, PROCESSOR_SECONDS)?;
    limit(Resource::CORE, 0)?;
    let (send, questions) = mpsc::channel();
    std::thread::Builder::new().name("questions".to_owned()).spawn(move || {
        let mut input = io::stdin().lock();
        while let Ok(body) = frame::read(&mut input) {
            if send.send(body).is_err() {
                break;
            }
        }
        std::process::exit(0);
    })?;
    let mut output = io::stdout().lock();
    for body in questions {
        let (program, ask) = frame::read_question(&body).ok_or(io::ErrorKind::InvalidData)?;
        frame::write(&mut output, &frame::answer(&lp::solve(&program, ask)))?;
    }
    Ok(())
}

/// Lowers a limit; one that is lower already stays.
fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let (_, hard) = resource.get()?;
    let most = most.min(hard);
    resource.set(most, most)
}

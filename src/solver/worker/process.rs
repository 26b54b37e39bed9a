//! One worker process, seen from whoever asks it. It is ended when it is dropped.

use super::frame;
use std::io::{self, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

pub struct Process {
    child: Child,
    questions: Sender<Vec<u8>>,
    answers: Receiver<Vec<u8>>,
}

/// What waiting a moment brings.
pub enum News {
    Answer(Vec<u8>),
    /// Nothing yet.
    Nothing,
    /// The process has ended.
    Ended,
}

impl Process {
    /// Starts a worker in a process group of its own: a signal from the keyboard ends whoever asks, and that ends the worker.
    pub fn start(program: &Path, memory: u64) -> io::Result<Self> {
        let mut child = Command::new(program)
            .arg("solve-worker")
            .arg("--memory")
            .arg(memory.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let (questions, to_write) = channel::<Vec<u8>>();
        let (send, answers) = channel();
        let pipes = child.stdin.take().zip(child.stdout.take());
        let process = Self { child, questions, answers };
        let (mut input, output) = pipes.ok_or(io::ErrorKind::BrokenPipe)?;
        // Threads of their own, so that a process that neither reads nor writes holds up nobody.
        std::thread::Builder::new().name("to worker".to_owned()).spawn(move || {
            for body in to_write {
                if frame::write(&mut input, &body).is_err() {
                    return;
                }
            }
        })?;
        std::thread::Builder::new().name("from worker".to_owned()).spawn(move || {
            let mut output = BufReader::new(output);
            while let Ok(body) = frame::read(&mut output) {
                if send.send(body).is_err() {
                    return;
                }
            }
        })?;
        Ok(process)
    }

    pub fn ask(&self, body: Vec<u8>) {
        // A writer that is gone means that the process has ended, which the next news says.
        let _ = self.questions.send(body);
    }

    pub fn wait(&self, most: Duration) -> News {
        match self.answers.recv_timeout(most) {
            Ok(body) => News::Answer(body),
            Err(RecvTimeoutError::Timeout) => News::Nothing,
            Err(RecvTimeoutError::Disconnected) => News::Ended,
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; either way it must not stay behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! Work on threads of its own, so many at a time: who finds no slot waits in a queue, who finds no place there is sent
//! away at once. Work whose caller has gone is told to stop.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// A bounded number of threads and a bounded queue before them.
pub struct Slots {
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
    queue: usize,
}

/// Why there is no answer.
#[derive(thiserror::Error, Clone, PartialEq, Eq, Debug)]
pub enum Lost {
    /// As many as may wait are waiting.
    #[error("{0} are waiting already")]
    Full(usize),
    /// The work panicked: a bug of ours.
    #[error("the work panicked: {0}")]
    Panicked(String),
}

impl Slots {
    /// At least one slot.
    pub fn new(slots: usize, queue: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(slots.max(1))), waiting: AtomicUsize::new(0), queue }
    }

    /// Does the work on a thread of its own once there is a slot. Dropping this future sets the flag that the work is
    /// given; the slot is free when the work has ended, not before.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&AtomicBool) -> T + Send + 'static,
    ) -> Result<T, Lost> {
        let permit = if let Ok(permit) = self.free.clone().try_acquire_owned() {
            permit
        } else {
            let _place = Place::take(&self.waiting, self.queue)?;
            // The semaphore is never closed.
            self.free.clone().acquire_owned().await.map_err(|e| Lost::Panicked(e.to_string()))?
        };
        let gone = Gone(Arc::new(AtomicBool::new(false)));
        let flag = gone.0.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work(&flag)
        });
        done.await.map_err(|error| match error.try_into_panic() {
            Ok(panic) => Lost::Panicked(words(panic.as_ref())),
            Err(error) => Lost::Panicked(error.to_string()),
        })
    }
}

/// What a panic said.
pub fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no words".to_owned())
}

/// A place in the queue, given back when dropped.
struct Place<'w>(&'w AtomicUsize);

impl<'w> Place<'w> {
    fn take(waiting: &'w AtomicUsize, queue: usize) -> Result<Self, Lost> {
        let before = waiting.fetch_add(1, Ordering::Relaxed);
        let place = Self(waiting);
        if before < queue { Ok(place) } else { Err(Lost::Full(queue)) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Tells the work that nobody waits for it, or has had it.
struct Gone(Arc<AtomicBool>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::{Lost, Slots};
    use std::sync::atomic::Ordering;
    use std::sync::mpsc;

    fn run<T>(test: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(test)
    }

    #[test]
    fn a_full_queue_sends_away_and_a_free_slot_takes_the_next() {
        run(async {
            let slots = Slots::new(1, 1);
            let (open, gate) = mpsc::channel::<()>();
            let held = slots.run(move |_| gate.recv().is_ok());
            let next = slots.run(|_| 2);
            let sent_away = async {
                assert_eq!(slots.run(|_| 3).await, Err(Lost::Full(1)));
                open.send(()).expect("the work waits");
            };
            let (held, next, ()) = tokio::join!(held, next, sent_away);
            assert_eq!((held, next), (Ok(true), Ok(2)));
        });
    }

    #[test]
    fn work_whose_caller_has_gone_is_told() {
        run(async {
            let slots = Slots::new(1, 0);
            let (told, heard) = mpsc::channel();
            let (begun, started) = tokio::sync::oneshot::channel();
            let work = slots.run(move |flag| {
                begun.send(()).expect("somebody waits");
                while !flag.load(Ordering::Relaxed) {
                    std::thread::yield_now();
                }
                told.send(()).expect("somebody listens");
            });
            tokio::select! {
                _ = work => unreachable!("the work ends only when it is told to"),
                _ = started => {}
            }
            heard.recv().expect("the work was told");
        });
    }

    #[test]
    fn a_panic_is_an_answer_and_frees_the_slot() {
        run(async {
            let slots = Slots::new(1, 0);
            let lost = slots.run(|_| panic!("no {}", "good")).await;
            assert_eq!(lost.map(|(): ()| ()), Err(Lost::Panicked("no good".into())));
            // The permit is dropped while the panic unwinds, before the answer.
            assert_eq!(slots.run(|_| 1).await, Ok(1));
        });
    }
}

//! Jobs shared out over threads.

use std::sync::Mutex;

/// What `work` makes of each job, in the order of the jobs. The calling thread takes jobs as well.
pub fn share<T: Send, R: Send>(threads: usize, jobs: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let count = jobs.len();
    let waiting = Mutex::new(jobs.into_iter().enumerate());
    let done = Mutex::new(Vec::with_capacity(count));
    let take = || {
        loop {
            let next = waiting.lock().expect("no thread panics while it takes a job").next();
            let Some((at, job)) = next else { return };
            let result = work(job);
            done.lock().expect("no thread panics while it hands in").push((at, result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(count) {
            scope.spawn(take);
        }
        take();
    });
    let mut done = done.into_inner().expect("no thread panicked");
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

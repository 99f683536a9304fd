//! The run: articles in, records out, in the input's order, at any number of threads.
//!
//! This is the only module with threads. Articles are read in chunks; each chunk's articles are annotated by workers that
//! take the next article from a shared counter; the chunk is written in order. A worker owns a one-thread rayon pool, so
//! that the matrix kernels never split one product over threads.

mod annotator;
mod record;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

pub use annotator::{AnnotateError, Annotated, Annotator};
pub use record::{RecordOptions, record};

use crate::text::Article;

/// A pool of workers, each with its own one-thread rayon pool.
pub struct Workers {
    pools: Vec<rayon::ThreadPool>,
}

impl Workers {
    /// `threads` workers; at least one.
    pub fn new(threads: usize) -> Result<Self, rayon::ThreadPoolBuildError> {
        let pools = (0..threads.max(1))
            .map(|i| rayon::ThreadPoolBuilder::new().num_threads(1).thread_name(move |_| format!("annotate-{i}")).build())
            .collect::<Result<_, _>>()?;
        Ok(Workers { pools })
    }

    /// Number of workers.
    pub fn len(&self) -> usize {
        self.pools.len()
    }

    /// Never: there is at least one worker.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Applies `f` to every item, results in the items' order. A panic in `f` becomes the item's error message.
    pub fn map<T: Send, R: Send>(&self, items: Vec<T>, f: impl Fn(T) -> R + Sync) -> Vec<Result<R, String>> {
        let n = items.len();
        let items: Vec<Mutex<Option<T>>> = items.into_iter().map(|t| Mutex::new(Some(t))).collect();
        let results: Vec<Mutex<Option<Result<R, String>>>> = (0..n).map(|_| Mutex::new(None)).collect();
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for pool in &self.pools {
                let (items, results, next, f) = (&items, &results, &next, &f);
                scope.spawn(move || {
                    pool.install(|| {
                        loop {
                            let i = next.fetch_add(1, Ordering::Relaxed);
                            if i >= n {
                                break;
                            }
                            let Some(item) = items[i].lock().unwrap_or_else(|e| e.into_inner()).take() else { continue };
                            let r = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| f(item))).map_err(|p| {
                                let what = p.downcast_ref::<String>().map(String::as_str).or_else(|| p.downcast_ref::<&str>().copied());
                                format!("internal error: {}", what.unwrap_or("panic"))
                            });
                            *results[i].lock().unwrap_or_else(|e| e.into_inner()) = Some(r);
                        }
                    });
                });
            }
        });
        results
            .into_iter()
            .map(|r| r.into_inner().unwrap_or_else(|e| e.into_inner()).unwrap_or_else(|| Err("internal error: a worker was lost".into())))
            .collect()
    }
}

/// Annotates articles in order. Errors stand in the place of their articles.
pub fn annotate_all(annotator: &Arc<Annotator>, workers: &Workers, articles: Vec<Article>) -> Vec<Result<Annotated, String>> {
    workers.map(articles, |a| annotator.annotate(a).map_err(|e| e.to_string())).into_iter().map(|r| r.and_then(|inner| inner)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_and_panics_stay_with_their_item() {
        let workers = Workers::new(3).unwrap();
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let got = workers.map((0..100).collect(), |i: usize| {
            assert!(i != 57, "number {i}");
            i * 2
        });
        std::panic::set_hook(hook);
        for (i, r) in got.iter().enumerate() {
            match r {
                Ok(v) => assert_eq!(*v, i * 2),
                Err(e) => assert_eq!((i, e.as_str()), (57, "internal error: number 57")),
            }
        }
        assert!(got[57].is_err());
    }
}

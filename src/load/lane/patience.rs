//! How long a failure that may pass is waited for (INV-8).

use std::{future::Future, iter, time::Duration};

use super::Failure;
use crate::fault::FaultClass;

/// How often something is tried, and how long it waits in between.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Attempts in all.
    pub(crate) attempts: usize,
    /// The first wait; each further one is twice as long.
    pub(crate) first_wait: Duration,
    /// The longest wait.
    pub(crate) longest_wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { attempts: 12, first_wait: Duration::from_millis(50), longest_wait: Duration::from_secs(10) }
    }
}

impl Patience {
    /// The waits between attempts.
    pub(crate) fn waits(self) -> impl Iterator<Item = Duration> + Send {
        let next = move |wait: &Duration| Some((*wait * 2).min(self.longest_wait));
        iter::successors(Some(self.first_wait), next).take(self.attempts.saturating_sub(1))
    }

    /// Tries again while the failure may pass: for what changes nothing, or the same when it is done twice.
    pub(crate) async fn keep_trying<A, F>(self, attempt: impl Fn() -> F) -> Result<A, Failure>
    where
        F: Future<Output = Result<A, Failure>>,
    {
        let mut waits = self.waits();
        loop {
            let failure = match attempt().await {
                Err(failure) if failure.class == FaultClass::Transient => failure,
                answer => return answer,
            };
            let Some(wait) = waits.next() else { return Err(failure) };
            pause(wait).await;
        }
    }
}

/// Lets others go on for so long. Without a wait it asks no clock, which would make the order of steps differ from run to run.
pub(super) async fn pause(wait: Duration) {
    if wait.is_zero() { tokio::task::yield_now().await } else { tokio::time::sleep(wait).await }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let patience = Patience { attempts: 5, first_wait: Duration::from_millis(50), longest_wait: Duration::from_millis(150) };
        assert_eq!(patience.waits().map(|wait| wait.as_millis()).collect::<Vec<_>>(), [50, 100, 150, 150]);
    }
}

//! Trying again what a target could not do.

use std::{future::Future, time::Duration};

use super::Failure;
use crate::fault::{FaultClass, Patience};

impl Patience {
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

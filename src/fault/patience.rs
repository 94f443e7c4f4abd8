//! How long a failure that may pass is waited for (INV-8).

use std::{iter, time::Duration};

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
    pub(crate) fn waits(self) -> impl Iterator<Item = Duration> + Send + use<> {
        let next = move |wait: &Duration| Some((*wait * 2).min(self.longest_wait));
        iter::successors(Some(self.first_wait), next).take(self.attempts.saturating_sub(1))
    }
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

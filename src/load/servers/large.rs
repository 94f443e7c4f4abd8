//! A source transaction that is too large to be held: part by part in one transaction of lane 0, committed once.

use super::{server::Server, target::Target};
use crate::{
    checkpoint::Claim,
    load::{LoadError, window::Window},
};

impl<T: Target> Server<T> {
    /// Applies a part. The first one claims the lane's row, the last one seals and commits it.
    ///
    /// # Errors
    /// Nothing of the transaction is done when a part fails: it has to be read again from its start.
    pub(super) async fn apply_part(&mut self, window: Window, is_first: bool) -> Result<(), LoadError> {
        self.count(&window);
        let seq = if is_first { self.next_seq() } else { self.next_seq - 1 };
        let works = self.works(&window, 1);
        let places = self.places.clone();
        let lane = self.idle.iter_mut().find(|lane| lane.number() == 0).expect("no lane is at work on another window");
        if is_first {
            let (epoch, previous, low) = (self.epoch, lane.seq(), window.span().low.clone());
            lane.begin_large(&Claim { lane: 0, epoch, previous, seq, low, high: None, single: true }).await?;
        }
        for (_, work) in &works {
            lane.write_large(window.batches(), &places, work).await?;
        }
        match &window.span().high {
            Some(high) => lane.end_large(self.epoch, seq, high).await,
            None => Ok(()),
        }
    }

    /// Takes back the parts of a transaction of which the source has no end. Its claim would block the lanes' rows.
    pub(super) async fn give_up_large(&mut self) {
        for lane in &mut self.idle {
            lane.give_up().await;
        }
    }
}

//! One lane: applies its part of a window in one transaction, again and again until it is committed once.

use std::sync::Arc;

use super::{
    Connector, Patience, Session, Tally,
    patience::pause,
    session::Failure,
    transaction::{Care, Stop, Transaction, Work},
};
use crate::{
    checkpoint::Claim,
    fault::FaultClass,
    load::{LoadError, window::Batches},
    mapping::Places,
    position::BinlogOffset,
};

/// A lane's part of one window.
pub(crate) struct LaneJob {
    pub(crate) claim: Claim,
    pub(crate) batches: Arc<Batches>,
    pub(crate) places: Places,
    pub(crate) work: Work,
}

/// A lane of one target.
pub(crate) struct Lane<C: Connector> {
    number: u16,
    connector: Arc<C>,
    session: Option<C::Session>,
    patience: Patience,
    /// The last window that it committed.
    seq: u64,
    tally: Tally,
}

/// Why an attempt did not commit.
enum Attempt {
    /// The target holds other rows than it should; only a careful attempt can tell which.
    Conflict,
    /// The row was not as this lane left it.
    NotOurs,
    Failed(Failure),
    Stopped(LoadError),
}

impl From<Failure> for Attempt {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Stop> for Attempt {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Conflict => Self::Conflict,
            Stop::Failed(failure) => Self::Failed(failure),
            Stop::Refused(error) => Self::Stopped(error),
        }
    }
}

impl<C: Connector> Lane<C> {
    /// A lane whose row says that it committed window `seq` last.
    pub(crate) fn new(number: u16, connector: &Arc<C>, patience: Patience, seq: u64) -> Self {
        Self { number, connector: Arc::clone(connector), session: None, patience, seq, tally: Tally::default() }
    }

    /// The lane's number.
    pub(crate) fn number(&self) -> u16 {
        self.number
    }

    /// The last window that it committed.
    pub(crate) fn seq(&self) -> u64 {
        self.seq
    }

    /// What it did so far.
    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Applies its part of a window exactly once, whatever happens to the connection on the way.
    ///
    /// # Errors
    /// [`LoadError::Fenced`] when another process has taken over; what the last attempt said when there is no hope or no patience left.
    pub(crate) async fn apply(&mut self, job: &LaneJob) -> Result<(), LoadError> {
        let mut care = Care::Quick;
        let mut waits = self.patience.waits();
        // What the last attempt did whose COMMIT was sent.
        let mut unanswered = Tally::default();
        loop {
            let failure = match self.attempt(job, care, &mut unanswered).await {
                Ok(()) => {
                    self.tally.add(&unanswered);
                    self.seq = job.claim.seq;
                    return Ok(());
                }
                Err(Attempt::Stopped(error)) => return Err(error),
                Err(Attempt::Conflict) => {
                    care = Care::Careful;
                    self.end_attempt().await;
                    continue;
                }
                Err(Attempt::NotOurs) => match self.has_committed(job.claim.epoch, job.claim.seq).await {
                    Ok(true) => {
                        self.tally.add(&unanswered);
                        self.seq = job.claim.seq;
                        return Ok(());
                    }
                    Ok(false) => return Err(LoadError::Fenced { lane: self.number }),
                    Err(failure) => failure,
                },
                Err(Attempt::Failed(failure)) => failure,
            };
            self.end_attempt().await;
            match waits.next() {
                Some(wait) if failure.class == FaultClass::Transient => pause(wait).await,
                _ => return Err(failure.into()),
            }
            self.tally.retries += 1;
        }
    }

    /// Begins a transaction that is written in parts.
    ///
    /// # Errors
    /// As [`Lane::apply`].
    pub(crate) async fn begin_large(&mut self, claim: &Claim) -> Result<(), LoadError> {
        let mut waits = self.patience.waits();
        loop {
            let failure = match self.claim(claim).await {
                Ok(true) => return Ok(()),
                Ok(false) => return Err(LoadError::Fenced { lane: self.number }),
                Err(failure) => failure,
            };
            self.end_attempt().await;
            match waits.next() {
                Some(wait) if failure.class == FaultClass::Transient => pause(wait).await,
                _ => return Err(failure.into()),
            }
            self.tally.retries += 1;
        }
    }

    async fn claim(&mut self, claim: &Claim) -> Result<bool, Failure> {
        self.session().await?.claim(claim).await
    }

    /// Writes a part of a large transaction.
    ///
    /// # Errors
    /// As [`Lane::apply`], at the first failure: only the source can give the parts again.
    pub(crate) async fn write_large(&mut self, batches: &Batches, places: &Places, work: &Work) -> Result<(), LoadError> {
        let session = self.session().await?;
        let mut transaction = Transaction::new(session, batches, places, Care::Careful);
        let stopped = transaction.run(work).await.err();
        let tally = transaction.into_tally();
        match stopped {
            None => self.tally.add(&tally),
            Some(Stop::Refused(error)) => return Err(error),
            Some(Stop::Failed(failure)) => return Err(failure.into()),
            Some(Stop::Conflict) => return Err(LoadError::Lane { cause: "a conflict was left unsettled".to_owned() }),
        }
        Ok(())
    }

    /// Commits a large transaction that ends at `high`.
    pub(crate) async fn end_large(&mut self, epoch: u64, seq: u64, high: &BinlogOffset) -> Result<(), LoadError> {
        let number = self.number;
        let session = self.session().await?;
        session.seal(number, high).await?;
        if let Err(failure) = session.commit().await
            && !self.has_committed_after_all(epoch, seq).await?
        {
            return Err(failure.into());
        }
        self.seq = seq;
        self.tally.commits += 1;
        Ok(())
    }

    /// Takes back what is not committed.
    pub(crate) async fn give_up(&mut self) {
        self.end_attempt().await;
    }

    /// The same, asked until there is an answer.
    async fn has_committed_after_all(&mut self, epoch: u64, seq: u64) -> Result<bool, Failure> {
        let mut waits = self.patience.waits();
        loop {
            self.end_attempt().await;
            let failure = match self.has_committed(epoch, seq).await {
                Err(failure) if failure.class == FaultClass::Transient => failure,
                answer => return answer,
            };
            let Some(wait) = waits.next() else { return Err(failure) };
            pause(wait).await;
        }
    }

    /// The answer to a COMMIT may be lost: then the row says that the window is this lane's last.
    async fn has_committed(&mut self, epoch: u64, seq: u64) -> Result<bool, Failure> {
        let number = self.number;
        let session = self.session().await?;
        session.roll_back().await?;
        let row = session.lane_row(number).await?;
        Ok(row.is_some_and(|row| row.epoch == epoch && row.seq == seq))
    }

    async fn session(&mut self) -> Result<&mut C::Session, Failure> {
        if self.session.is_none() {
            self.session = Some(self.connector.connect(self.number).await?);
        }
        Ok(self.session.as_mut().expect("it was just put there"))
    }

    /// Rolls back, or gives the session up where that fails.
    async fn end_attempt(&mut self) {
        if let Some(session) = &mut self.session
            && session.roll_back().await.is_err()
        {
            self.session = None;
        }
    }

    /// Notes what it did before it commits that.
    async fn attempt(&mut self, job: &LaneJob, care: Care, done: &mut Tally) -> Result<(), Attempt> {
        let session = self.session().await?;
        if !session.claim(&job.claim).await? {
            return Err(Attempt::NotOurs);
        }
        let mut transaction = Transaction::new(session, &job.batches, &job.places, care);
        transaction.run(&job.work).await?;
        *done = transaction.into_tally();
        done.commits += 1;
        session.commit().await?;
        Ok(())
    }
}

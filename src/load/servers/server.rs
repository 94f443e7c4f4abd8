//! One target server: binds what rows need, cuts windows, and keeps its lanes at work on one window after another.

use std::sync::Arc;

use tokio::{
    sync::{mpsc::Receiver, oneshot},
    task::JoinSet,
};

use super::{LoadOptions, LoadOutcome, start::Standing, target::Target};
use crate::{
    checkpoint::Claim,
    load::{
        LoadError, RoutedSet,
        lane::{Lane, LaneJob, Patience, Tally, Work},
        target::TableBinding,
        window::{Batches, Bindings, Bound, Closed, LaneWork, Span, Window, WindowBuilder, WindowKind, lane_works},
    },
    mapping::{MissingTable, PlaceId, Places, RoutedBatch, Transition},
    position::FileOrder,
    schema::TableName,
};

/// What a server is told.
pub(super) enum Order {
    /// Take these changes.
    Take(RoutedSet),
    /// Commit what was taken before, and answer.
    Settle(oneshot::Sender<()>),
}

/// A server that is being loaded.
pub(super) struct Server<T: Target> {
    name: Arc<str>,
    target: Arc<T>,
    builder: WindowBuilder,
    bindings: Bindings,
    pub(super) places: Places,
    pub(super) epoch: u64,
    pub(super) next_seq: u64,
    /// The next window, where lanes are still at work on the one before.
    planned: Option<Planned>,
    /// Lanes that do nothing.
    pub(super) idle: Vec<Lane<T>>,
    /// Lanes at work on one window.
    running: JoinSet<(Lane<T>, Result<(), LoadError>)>,
    lanes: usize,
    patience: Patience,
    changes: u64,
    windows: u64,
}

/// A window as the work of its lanes.
struct Planned {
    span: Span,
    batches: Arc<Batches>,
    works: Vec<(u16, Work)>,
}

impl<T: Target> Server<T> {
    pub(super) fn new(
        name: Arc<str>,
        target: Arc<T>,
        standing: &Standing,
        order: FileOrder,
        options: &LoadOptions,
    ) -> Result<Self, LoadError> {
        let seq = |lane: u16| standing.seq_of_lane.get(usize::from(lane)).copied().unwrap_or(0);
        let idle = (0..options.lanes).map(|lane| Lane::new(lane, &target, options.patience, seq(lane))).collect();
        Ok(Self {
            builder: WindowBuilder::new(options.window, order, &standing.redo)?,
            name,
            target,
            bindings: Bindings::default(),
            places: Places::default(),
            epoch: standing.epoch,
            next_seq: standing.next_seq,
            planned: None,
            lanes: options.lanes.into(),
            idle,
            running: JoinSet::new(),
            patience: options.patience,
            changes: 0,
            windows: 0,
        })
    }

    /// Does all that it is told; ends when everything is committed.
    pub(super) async fn run(mut self, mut orders: Receiver<Order>) -> Result<LoadOutcome, LoadError> {
        let mut ends = false;
        while !ends {
            while self.running.is_empty() {
                // Nothing waits behind what is there, so a small window costs no throughput and shows its rows at once.
                if !self.has_waiting() && orders.is_empty() {
                    self.builder.close();
                }
                // A part of a large transaction is done by then, and another window may wait.
                if !self.start_next().await? {
                    break;
                }
            }
            // A window that waits for its turn holds back the source.
            let has_room = !self.has_waiting();
            tokio::select! {
                // In order, so that the same input makes the same windows.
                biased;
                order = orders.recv(), if has_room => match order {
                    Some(Order::Take(set)) => {
                        self.take(&set).await?;
                        self.plan_ahead();
                    }
                    Some(Order::Settle(done)) => {
                        self.settle().await?;
                        // Who no longer waits for the answer has failed elsewhere.
                        let _ = done.send(());
                    }
                    None => ends = true,
                },
                Some(done) = self.running.join_next(), if !self.running.is_empty() => self.end_lane(done)?,
            }
        }
        self.finish().await
    }

    /// Commits everything that was taken, and forgets the definitions of target tables.
    async fn settle(&mut self) -> Result<(), LoadError> {
        self.builder.close();
        loop {
            while let Some(done) = self.running.join_next().await {
                self.end_lane(done)?;
            }
            if !self.start_next().await? {
                break;
            }
        }
        self.bindings = Bindings::default();
        // An open large transaction holds lane 0's row, and is given up by whoever settled.
        let is_whole = self.builder.unfinished_redo().is_none() && !self.builder.is_inside_transaction();
        if is_whole { self.complete().await } else { Ok(()) }
    }

    async fn finish(mut self) -> Result<LoadOutcome, LoadError> {
        self.settle().await?;
        if let Some(to) = self.builder.unfinished_redo() {
            return Err(LoadError::RedoUnreached { to: to.clone() });
        }
        if self.builder.is_inside_transaction() {
            self.give_up_large().await;
            self.complete().await?;
        }
        let mut tally = Tally::default();
        self.idle.iter().for_each(|lane| tally.add(lane.tally()));
        Ok(LoadOutcome { server: self.name, changes: self.changes, tally, windows: self.windows })
    }

    /// Notes that every lane has committed everything that was read.
    async fn complete(&mut self) -> Result<(), LoadError> {
        let Some(passed) = self.builder.passed().cloned() else { return Ok(()) };
        match self.patience.keep_trying(|| self.target.complete(self.epoch, &passed)).await? {
            true => Ok(()),
            false => Err(LoadError::Fenced { lane: 0 }),
        }
    }

    async fn take(&mut self, set: &RoutedSet) -> Result<(), LoadError> {
        self.places = set.places.clone();
        for routed in set.routed.iter().flatten() {
            let mut last = None;
            for place in routed.transitions.iter().flat_map(places_of) {
                if last != Some(place) {
                    self.bind(place, routed).await?;
                    last = Some(place);
                }
            }
        }
        self.builder.push(set, &self.bindings)
    }

    /// Makes sure that it is known where rows of a batch go.
    async fn bind(&mut self, id: PlaceId, routed: &RoutedBatch) -> Result<(), LoadError> {
        let layout = routed.layout();
        let place = self.places.get(id);
        let definition = match self.bindings.get(id, layout) {
            Bound::Foreign | Bound::Ours(_) => return Ok(()),
            Bound::Unknown(Some(other)) => Arc::clone(&other.definition),
            Bound::Unknown(None) if place.server != self.name => {
                self.bindings.add_foreign(id);
                return Ok(());
            }
            Bound::Unknown(None) => {
                let mut found = self.patience.keep_trying(|| self.target.definition(place)).await?;
                if found.is_none() && routed.mapping.policies().on_missing_table == MissingTable::Create {
                    self.patience.keep_trying(|| self.target.create(place, layout)).await?;
                    found = self.patience.keep_trying(|| self.target.definition(place)).await?;
                }
                let missing =
                    || LoadError::MissingTable { table: TableName::new(&*place.schema, &*place.table), server: self.name.to_string() };
                Arc::new(found.ok_or_else(missing)?)
            }
        };
        self.bindings.add(id, TableBinding::new(layout, &definition)?);
        Ok(())
    }

    /// Sets lanes to work on the next window; whether there was one.
    async fn start_next(&mut self) -> Result<bool, LoadError> {
        if let Some(planned) = self.planned.take() {
            self.start(planned);
            return Ok(true);
        }
        match self.builder.next_closed() {
            None => return Ok(false),
            Some(Closed::Window(window)) => {
                let planned = self.plan(window);
                self.start(planned);
            }
            Some(Closed::Part { window, is_first }) => self.apply_part(window, is_first).await?,
        }
        Ok(true)
    }

    /// Whether a window waits for its turn.
    fn has_waiting(&self) -> bool {
        self.planned.is_some() || self.builder.has_closed()
    }

    /// Plans the next window while lanes are at work on the one before, so that none of them waits for its plan.
    fn plan_ahead(&mut self) {
        if !self.running.is_empty() && self.planned.is_none() {
            self.planned = self.builder.next_window().map(|window| self.plan(window));
        }
    }

    fn plan(&mut self, window: Window) -> Planned {
        self.count(&window);
        let works = self.works(&window, self.lanes);
        Planned { span: window.span().clone(), works, batches: Arc::new(window.into_batches()) }
    }

    fn start(&mut self, planned: Planned) {
        let Planned { span, batches, works } = planned;
        let single = works.len() == 1;
        let seq = self.next_seq();
        for (number, work) in works {
            let Some(index) = self.idle.iter().position(|lane| lane.number() == number) else { continue };
            let mut lane = self.idle.swap_remove(index);
            let claim = Claim {
                lane: number,
                epoch: self.epoch,
                previous: lane.seq(),
                seq,
                low: span.low.clone(),
                high: span.high.clone(),
                single,
            };
            let job = LaneJob { claim, batches: Arc::clone(&batches), places: self.places.clone(), work };
            self.running.spawn(async move {
                let result = lane.apply(&job).await;
                (lane, result)
            });
        }
    }

    /// The lanes that have something to do, with what they do; lane 0 also does nothing, so that the window is noted.
    pub(super) fn works(&self, window: &Window, lanes: usize) -> Vec<(u16, Work)> {
        if window.kind() == WindowKind::InOrder {
            return vec![(0, Work::InOrder(window.steps().into()))];
        }
        let works = (0u16..).zip(lane_works(window, lanes));
        let busy: Vec<(u16, Work)> = works.filter(|(_, work)| !work.is_empty()).map(|(lane, work)| (lane, Work::Net(work))).collect();
        if busy.is_empty() { vec![(0, Work::Net(LaneWork::default()))] } else { busy }
    }

    fn end_lane(&mut self, done: Result<(Lane<T>, Result<(), LoadError>), tokio::task::JoinError>) -> Result<(), LoadError> {
        let (lane, result) = done.map_err(|error| LoadError::Lane { cause: error.to_string() })?;
        self.idle.push(lane);
        result
    }

    pub(super) fn count(&mut self, window: &Window) {
        self.changes += window.changes;
        self.windows += 1;
    }

    pub(super) fn next_seq(&mut self) -> u64 {
        let seq = self.next_seq;
        self.next_seq += 1;
        seq
    }
}

/// The places that a transition names.
fn places_of(transition: &Transition) -> impl Iterator<Item = PlaceId> {
    let (first, second) = match transition {
        Transition::Nothing(_) | Transition::Failed(_) => (None, None),
        Transition::Insert { to: place, .. } | Transition::Delete { from: place, .. } | Transition::Update { at: place, .. } => {
            (Some(*place), None)
        }
        Transition::Move { from, to, .. } => (Some(*from), Some(*to)),
    };
    first.into_iter().chain(second)
}

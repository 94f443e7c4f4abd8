//! Windows: runs of whole source transactions, and what they ask of one server's tables. Pure: no server is named here.

mod batches;
mod bindings;
mod builder;
mod component;
mod in_order;
mod keyless;
mod net;
mod plan;
mod span;
mod table;
mod whole;

pub(crate) use batches::{Batches, RowRef, RowView};
pub(crate) use bindings::{Bindings, Bound};
pub(crate) use builder::{Closed, Redo, WindowBuilder, WindowLimits};
pub(crate) use in_order::{Step, StepKind};
pub(crate) use plan::{LaneWork, lane_works};
pub(crate) use span::Span;
pub(crate) use whole::{Window, WindowKind};

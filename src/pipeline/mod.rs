//! The flow from a capture through the mappings to a loader. Preview and replay are this flow with another loader.

mod comparison;
mod definition_change;
mod flow;

pub use comparison::{ComparisonError, TwoRouters, compare};
pub use definition_change::DefinitionChange;
pub use flow::{Outcome, Pipeline, PipelineError, Trouble};

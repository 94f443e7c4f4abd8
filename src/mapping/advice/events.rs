//! What a mapping that filters changes is not, and an image that it asks for in vain.

use dsl::{Code, Diagnostic, Operation};

use super::{note, warning};
use crate::mapping::{Side, bind::BoundMapping};

pub(super) fn filtered(bound: &BoundMapping) -> Vec<Diagnostic> {
    let (tree, Some(events)) = (&bound.declared.tree, &bound.events) else { return Vec::new() };
    let clause = tree.operations.as_ref().map(|operations| operations.span).or(tree.when.as_ref().map(|when| when.span));
    let table = &bound.layout.source.name;
    let message = format!("an event mapping is no view of `{table}`: its target holds what passing changes left, not what the table holds");
    let mut found = vec![note(Code::EVENT_MAPPING, message, clause.unwrap_or(tree.name.span), None)];
    for (side, operation) in [(Side::Before, Operation::Insert), (Side::After, Operation::Delete)] {
        let is_absent = Operation::ALL.into_iter().all(|other| events.hears(other) == (other == operation));
        let asked = tree.when.as_ref().filter(|_| is_absent && events.reads(side).iter().next().is_some());
        if let Some(when) = asked {
            let message = format!("`{}.` is always NULL: the mapping is `FOR {}` only", side.word(), operation.word());
            found.push(warning(Code::ABSENT_IMAGE, message, when.span, None));
        }
    }
    found
}

//! Runs the tests of a set of mappings.

use std::sync::Arc;

use dsl::Test;

use super::{
    check::row_images,
    comparison::{Comparison, compare},
    found::Found,
    images::change_set,
};
use crate::{
    load::RoutedSet,
    mapping::{Coverage, MappingError, MappingSet, Policies, Purpose, Router, Servers},
    schema::TableSchema,
};

/// All tests of a set, and what they did not reach.
#[derive(Debug)]
pub struct Run {
    /// The tests, in the order of the files.
    pub tests: Vec<TestRun>,
    /// The branches of the mappings, with those that the tests reached.
    pub coverage: Coverage,
}

/// What became of one test.
#[derive(Debug)]
pub struct TestRun {
    /// Its file, as an index into [`MappingSet::files`].
    pub file: usize,
    /// The test.
    pub test: Arc<Test>,
    /// What came out.
    pub found: Vec<Found>,
    /// What was expected against what came out.
    pub comparisons: Vec<Comparison>,
}

impl TestRun {
    /// Whether all came out as expected, and nothing else.
    pub fn passed(&self) -> bool {
        self.comparisons.iter().all(|comparison| matches!(comparison, Comparison::Met { .. }))
    }
}

/// Runs the tests that `wanted` takes by their name, each over the mappings of its file. [`super::check`] has found nothing wrong with
/// the set: a change that is wrong is left out here.
///
/// # Errors
/// [`MappingError::Refused`] where a mapping does not fit a table; defects.
pub fn run(set: &MappingSet, tables: &[Arc<TableSchema>], wanted: impl Fn(&str) -> bool) -> Result<Run, MappingError> {
    let mut coverage = Coverage::new(set, tables)?;
    let mut tests = Vec::new();
    let mut routers: Vec<(usize, Router)> = Vec::new();
    for (file, test) in set.tests().filter(|(_, test)| wanted(&test.name.value)) {
        if routers.last().is_none_or(|(of, _)| *of != file) {
            let servers = Servers::Any { default: "default".into() };
            routers.push((file, Router::new(set.of_file(file), Policies::default(), servers, Purpose::Rows)));
        }
        let (_, router) = routers.last_mut().expect("it was put there if it was not");
        let (images, _) = row_images(test);
        let (changes, _) = change_set(test, tables, images);
        for batch in &changes.batches {
            coverage.observe(file, batch)?;
        }
        let routed = RoutedSet::of(changes, router)?;
        routed.routed.iter().flatten().for_each(|batch| coverage.observe_changes(batch));
        let found = Found::all(&routed);
        let comparisons = compare(test, &set.files()[file].text, &found);
        tests.push(TestRun { file, test: Arc::clone(test), found, comparisons });
    }
    Ok(Run { tests, coverage })
}

//! What event mappings make of hand-made batches.

use super::fixture::{
    Edit::{self, Delete, Insert, Update},
    cell, partial, route, routed, router_for, row,
};
use super::{DropReason, Transition};
use crate::change::Op;

fn all() -> [Edit; 3] {
    [Insert(row(1, 1, "a")), Update(row(1, 1, "a"), row(1, 2, "a")), Delete(row(1, 2, "a"))]
}

#[test]
fn operations_that_for_leaves_out_are_not_heard_of() {
    let rule = |operations: &str| format!("CREATE MAPPING m AS SELECT * FROM s.t {operations};");
    assert_eq!(route(&rule("FOR INSERT"), &all()), ["insert s.t", "nothing not_for", "nothing not_for"]);
    assert_eq!(route(&rule("FOR UPDATE, INSERT"), &all()), ["insert s.t", "update s.t", "nothing not_for"]);
    assert_eq!(route(&rule("FOR DELETE"), &all()), ["nothing not_for", "nothing not_for", "delete s.t"]);
    assert_eq!(route(&rule("FOR DELETE, UPDATE, INSERT"), &all()), ["insert s.t", "update s.t", "delete s.t"]);
}

#[test]
fn what_is_not_heard_of_is_not_evaluated() {
    let rule = "CREATE MAPPING m AS SELECT * FROM s.t WHERE k + 1 > 0 ROUTE TO concat('s', k) FOR DELETE;";
    let edits = [Insert(row(1, i64::MAX, "")), Insert(row(1, None, "")), Delete(row(1, 1, ""))];
    assert_eq!(route(rule, &edits), ["nothing not_for", "nothing not_for", "delete s1.t"]);
    let rule = "CREATE MAPPING m AS SELECT *, k + 1 AS n FROM s.t WHEN after.name = 'x' ROUTE TO concat('s', k) FOR INSERT, UPDATE;";
    let edits = [Insert(row(1, i64::MAX, "")), Insert(row(1, None, "")), Insert(row(1, 1, "x"))];
    assert_eq!(route(rule, &edits), ["nothing when_false", "nothing when_false", "insert s1.t"]);
}

#[test]
fn a_step_from_one_state_to_another_is_seen_by_both_images() {
    let rule = "CREATE MAPPING m AS SELECT * FROM s.t WHEN before.k = 1 AND after.k = 2;";
    let edits = [
        Update(row(1, 1, "a"), row(1, 2, "a")),
        Update(row(1, 2, "a"), row(1, 2, "b")),
        Update(row(1, 0, "a"), row(1, 2, "b")),
        Insert(row(1, 2, "a")),
        Delete(row(1, 1, "a")),
    ];
    let nothing = "nothing when_false";
    assert_eq!(route(rule, &edits), ["update s.t", nothing, nothing, nothing, nothing]);
}

#[test]
fn the_image_that_a_change_lacks_is_null() {
    let rule = |when: &str| format!("CREATE MAPPING m AS SELECT * FROM s.t WHEN {when};");
    let nothing = "nothing when_false";
    assert_eq!(route(&rule("before.id IS NULL"), &all()), ["insert s.t", nothing, nothing]);
    assert_eq!(route(&rule("after.id IS NULL"), &all()), [nothing, nothing, "delete s.t"]);
    assert_eq!(route(&rule("NOT before.k <=> after.k"), &all()), ["insert s.t", "update s.t", "delete s.t"]);
    assert_eq!(route(&rule("after.k = 2"), &all()), [nothing, "update s.t", nothing]);
    assert_eq!(route(&rule("schema = 's' AND table = 't'"), &all()), ["insert s.t", "update s.t", "delete s.t"]);
}

#[test]
fn a_change_that_passes_is_paired_as_under_any_mapping() {
    let rule = "CREATE MAPPING m AS SELECT * FROM s.t WHERE k > 0 WHEN after.name = 'x' ROUTE TO concat('s_', k);";
    let edits = [
        Update(row(1, 0, ""), row(1, 1, "x")),
        Update(row(1, 1, ""), row(1, 0, "x")),
        Update(row(1, 1, ""), row(1, 2, "x")),
        Update(row(1, 1, ""), row(2, 1, "x")),
        Update(row(1, 0, ""), row(1, 0, "x")),
        Update(row(1, 1, ""), row(1, 2, "y")),
    ];
    let expected = ["insert s_1.t", "delete s_1.t", "move s_1.t s_2.t", "move s_1.t s_1.t", "nothing where_false", "nothing when_false"];
    assert_eq!(route(rule, &edits), expected);
}

#[test]
fn a_change_for_which_when_fails_follows_its_policy() {
    let rule = |with: &str| format!("CREATE MAPPING m AS SELECT * FROM s.t WHEN after.k + 1 > 0 OR before.k + 1 > 0 {with};");
    let edits = [Update(row(1, 1, ""), row(1, 5, "")), Update(row(1, i64::MAX, ""), row(1, i64::MAX, "")), Delete(row(1, i64::MAX, ""))];
    let said = route(&rule(""), &edits);
    assert_eq!(said[0], "update s.t");
    assert!(said[1].starts_with("failed overflow: after image: `WHEN` of mapping `m`: "), "{said:?}");
    assert!(said[2].starts_with("failed overflow: before image: `WHEN` of mapping `m`: "), "{said:?}");
    assert_eq!(route(&rule("WITH (on_row_error = 'skip')"), &edits), ["update s.t", "nothing overflow", "nothing overflow"]);
}

#[test]
fn an_image_that_lacks_what_when_reads_is_named() {
    const MINIMAL_BEFORE: &[usize] = &[1, 2, 3, 4];
    let rule = |with: &str| format!("CREATE MAPPING m AS SELECT * FROM s.t WHEN before.k = 1 AND after.k = 2 {with};");
    let edits =
        [Update(partial(row(1, None, ""), MINIMAL_BEFORE), partial(row(1, 2, ""), &[2, 3, 4])), Update(row(1, 1, ""), row(1, 2, ""))];
    let said = route(&rule(""), &edits);
    assert!(said[0].starts_with("failed missing_column: before image: `WHEN` of mapping `m` reads column `k` of `s.t`"), "{said:?}");
    assert_eq!(said[1], "update s.t");
    assert_eq!(route(&rule("WITH (on_row_error = 'skip')"), &edits), ["nothing missing_column", "update s.t"]);
    // What WHEN does not read of an image may be absent there.
    let after_only = "CREATE MAPPING m AS SELECT * FROM s.t WHEN after.k = 2;";
    assert_eq!(route(after_only, &edits), ["update s.t", "update s.t"]);
}

#[test]
fn reasons_say_what_was_not_heard_of() {
    let texts = [Op::Insert, Op::Update, Op::Delete].map(|op| DropReason::NotFor(op).text());
    assert_eq!(texts, ["not_for: not FOR INSERT", "not_for: not FOR UPDATE", "not_for: not FOR DELETE"]);
    assert_eq!(DropReason::WhenFalse.text(), "when_false: WHEN is false");
}

#[test]
fn a_view_is_no_event_mapping() {
    let is_event = |rule: &str| {
        let mut router = router_for(rule);
        routed(&mut router, &[Insert(row(1, 1, "a"))]).mapping.is_event_mapping()
    };
    assert!(!is_event("CREATE MAPPING m AS SELECT * FROM s.t WHERE k = 1;"));
    assert!(is_event("CREATE MAPPING m AS SELECT * FROM s.t FOR INSERT;"));
    assert!(is_event("CREATE MAPPING m AS SELECT * FROM s.t WHEN TRUE;"));
}

#[test]
fn computed_columns_of_a_change_that_passes_are_there() {
    let mut router = router_for("CREATE MAPPING m AS SELECT *, k * 2 AS twice FROM s.t WHEN before.k < after.k;");
    let routed = routed(&mut router, &[Update(row(1, 9, ""), row(1, 8, "")), Update(row(1, 3, ""), row(1, 4, ""))]);
    assert!(matches!(routed.transitions[1], Transition::Update { before: 2, after: 3, .. }), "{:?}", routed.transitions);
    assert_eq!((cell(&routed, "twice", 2), cell(&routed, "twice", 3)), ("6".to_owned(), "8".to_owned()));
}

//! What the mappings of a query file make of hand-made batches.

use super::fixture::{
    Edit::{Delete, Insert, Update},
    batch_of, cell, partial, route, routed, router_for, row, said, table,
};
use super::{Transition, fixture::Row};

const SHARDS: &str = "CREATE MAPPING shards AS SELECT * FROM s.t WHERE k % 2 = 0
    ROUTE TO concat(schema, '_', k % 4), concat(table, '_', (k >> 1) % 16) KEY (k, id);";

#[test]
fn each_pair_of_answers_makes_its_transition() {
    let edits = [
        Insert(row(1, 0, "in")),
        Insert(row(2, 1, "out")),
        Delete(row(1, 6, "in")),
        Delete(row(2, 7, "out")),
        Update(row(1, 2, "a"), row(1, 2, "b")),
        Update(row(1, 2, "a"), row(1, 3, "a")),
        Update(row(1, 3, "a"), row(1, 2, "a")),
        Update(row(1, 3, "a"), row(1, 1, "a")),
        Update(row(1, 2, "a"), row(1, 4, "a")),
        Update(row(1, 2, "a"), row(9, 2, "a")),
    ];
    let expected = [
        "insert s_0.t_0",
        "nothing where_false",
        "delete s_2.t_3",
        "nothing where_false",
        "update s_2.t_1",
        "delete s_2.t_1",
        "insert s_2.t_1",
        "nothing where_false",
        "move s_2.t_1 s_0.t_2",
        "move s_2.t_1 s_2.t_1",
    ];
    assert_eq!(route(SHARDS, &edits), expected);
}

#[test]
fn a_transition_names_the_rows_of_its_images() {
    let mut router = router_for(SHARDS);
    let routed = routed(&mut router, &[Insert(row(1, 1, "")), Update(row(1, 2, "old"), row(1, 4, "new"))]);
    assert!(matches!(routed.transitions[1], Transition::Move { before: 1, after: 2, .. }), "{:?}", routed.transitions[1]);
    assert_eq!((cell(&routed, "name", 1), cell(&routed, "name", 2)), ("old".to_owned(), "new".to_owned()));
}

#[test]
fn a_row_without_a_shard_follows_its_policy() {
    let rule = |with: &str| format!("CREATE MAPPING m AS SELECT * FROM s.t ROUTE TO concat('s_', k % 2) {with};");
    let edits = [Insert(row(1, None, "")), Update(row(1, None, ""), row(1, 3, "")), Update(row(1, 3, ""), row(1, None, ""))];
    let failed = |side: &str| format!("failed null_route: {side} image: the schema of `ROUTE TO` is NULL");
    assert_eq!(route(&rule(""), &edits), [failed("after"), failed("before"), failed("after")]);
    assert_eq!(route(&rule("WITH (on_null_route = 'dead_letter')"), &edits).len(), 3);
    let skipped = route(&rule("WITH (on_null_route = 'skip')"), &edits);
    assert_eq!(skipped, ["nothing null_route", "insert s_1.t", "delete s_1.t"], "a skipped row is outside");
}

#[test]
fn shards_of_negative_and_huge_ids_are_mysqls() {
    let rule = "CREATE MAPPING m AS SELECT * FROM s.t ROUTE TO concat('k', (k >> 22) % 2), concat('b', (b >> 1) % 16);";
    let huge = Row { b: u64::MAX - 1, ..row(1, -1, "") };
    let beyond_signed = Row { b: (1 << 63) + 4, ..row(2, i64::MIN, "") };
    assert_eq!(route(rule, &[Insert(huge), Insert(beyond_signed)]), ["insert k1.b15", "insert k0.b2"]);
}

#[test]
fn the_key_may_be_replaced() {
    let rule = "CREATE MAPPING m AS SELECT * REPLACE (id + 1000 AS id) FROM s.t KEY (id);";
    let mut router = router_for(rule);
    let routed = routed(&mut router, &[Insert(row(7, 1, "")), Update(row(7, 1, ""), row(8, 1, ""))]);
    assert_eq!(cell(&routed, "id", 0), "1007");
    assert_eq!(said(&router, &routed.transitions[1]), "move s.t s.t", "the computed key changed");
}

#[test]
fn an_error_in_what_a_dropped_row_does_not_need_is_none() {
    let rule = "CREATE MAPPING m AS SELECT *, b - 1 AS less FROM s.t WHERE b > 0 ROUTE TO concat('s', b - 1);";
    let with = |id, b| Row { b, ..row(id, 1, "") };
    let edits = [Insert(with(1, 5)), Insert(with(2, 0)), Insert(with(3, 6))];
    assert_eq!(route(rule, &edits), ["insert s4.t", "nothing where_false", "insert s5.t"]);
}

#[test]
fn a_failing_row_fails_alone() {
    let rule = "CREATE MAPPING m AS SELECT *, b - 1 AS less FROM s.t;";
    let with = |id, b| Row { b, ..row(id, 1, "") };
    let mut router = router_for(rule);
    let routed = routed(&mut router, &[Insert(with(1, 5)), Insert(with(2, 0)), Insert(with(3, 6))]);
    let words: Vec<String> = routed.transitions.iter().map(|transition| said(&router, transition)).collect();
    assert_eq!((words[0].as_str(), words[2].as_str()), ("insert s.t", "insert s.t"));
    assert!(words[1].starts_with("failed overflow: after image: column `less` of mapping `m`"), "{}", words[1]);
    assert_eq!((cell(&routed, "less", 0), cell(&routed, "less", 2)), ("4".to_owned(), "5".to_owned()));
}

#[test]
fn a_route_of_texts_is_as_good_as_one_of_integers() {
    let rule = "CREATE MAPPING m AS SELECT * FROM s.t WHERE k = 0 ROUTE TO concat('s_', name), table ON concat('server', k);";
    let edits = [Insert(row(1, 0, "a")), Insert(row(2, 1, "b")), Insert(row(3, 0, "c")), Insert(row(4, 0, "a"))];
    assert_eq!(route(rule, &edits), ["insert s_a.t@server0", "nothing where_false", "insert s_c.t@server0", "insert s_a.t@server0"]);
}

#[test]
fn what_is_no_name_is_a_failure_of_its_own_kind() {
    let rule = "CREATE MAPPING m AS SELECT * FROM s.t ROUTE TO name;";
    let long = "x".repeat(65);
    let edits = ["", &long, "x ", "a\0b", "ok"].map(|name| Insert(row(1, 0, name)));
    let kinds: Vec<String> = route(rule, &edits).iter().map(|said| said.split(':').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(kinds, ["failed empty_name", "failed too_long_name", "failed bad_name", "failed bad_name", "insert ok.t"]);
}

#[test]
fn several_mappings_of_one_table_are_independent() {
    let rules = "CREATE MAPPING low AS SELECT id, k FROM s.t WHERE k < 5 ROUTE TO 'low';
        CREATE MAPPING all_rows AS SELECT * FROM s.t ROUTE TO 'all';
        CREATE MAPPING other AS SELECT * FROM s.other;";
    let mut router = router_for(rules);
    let routed = router.route(&batch_of(&table("s", "t"), &[Insert(row(1, 9, ""))])).expect("both fit");
    let words = routed.iter().map(|batch| (batch.mapping.name().to_string(), said(&router, &batch.transitions[0])));
    let expected = [("low", "nothing where_false"), ("all_rows", "insert all.t")];
    assert_eq!(words.collect::<Vec<_>>(), expected.map(|(name, word)| (name.to_owned(), word.to_owned())));
}

#[test]
fn tables_merge_with_their_origin() {
    let rule = r"CREATE MAPPING merged AS SELECT *, schema AS from_schema, table AS from_table FROM LIKE 's\_%'.'t%'
        ROUTE TO 'all', 't' KEY (from_schema, from_table, id);";
    let mut router = router_for(rule);
    for (schema, name) in [("s_1", "t"), ("s_2", "t2")] {
        let routed = router.route(&batch_of(&table(schema, name), &[Insert(row(1, 0, ""))])).expect("the pattern takes it");
        assert_eq!(said(&router, &routed[0].transitions[0]), "insert all.t");
        assert_eq!((cell(&routed[0], "from_schema", 0), cell(&routed[0], "from_table", 0)), (schema.to_owned(), name.to_owned()));
    }
    assert!(router.route(&batch_of(&table("x", "t"), &[Insert(row(1, 0, ""))])).expect("nothing to bind").is_empty());
}

#[test]
fn identity_works_on_partial_images() {
    let rule = "CREATE MAPPING same AS SELECT * FROM s.t;";
    let key_only: &[usize] = &[1, 2, 3, 4];
    let edits = [
        Update(partial(row(1, 0, ""), key_only), partial(row(1, 0, "new"), &[1, 2, 4])),
        Update(partial(row(1, 0, ""), key_only), partial(row(2, 0, ""), key_only)),
        Delete(partial(row(2, 0, ""), key_only)),
        Insert(partial(row(3, 0, "x"), &[1, 4])),
    ];
    assert_eq!(route(rule, &edits), ["update s.t", "move s.t s.t", "delete s.t", "insert s.t"]);
    let mut router = router_for(rule);
    let routed = routed(&mut router, &edits);
    assert!(routed.presence.has(1, 3) && !routed.presence.has(1, 1), "only what the image carries is present");
}

#[test]
fn what_a_partial_image_lacks_is_named_with_setting_and_mapping() {
    let message = |reader: &str| {
        format!(
            "{reader} of mapping `shards` reads column `k` of `s.t`, which the row image lacks: the source's `binlog_row_image` is not FULL"
        )
    };
    let said = route(SHARDS, &[Update(partial(row(1, 0, ""), &[1, 2, 3, 4]), partial(row(1, 0, "b"), &[1, 2, 4]))]);
    assert_eq!(said, [format!("failed missing_column: before image: {}", message("`WHERE`"))]);
    let skip = SHARDS.replace("KEY (k, id)", "KEY (k, id) WITH (on_row_error = 'skip')");
    assert_eq!(route(&skip, &[Delete(partial(row(1, 0, ""), &[1, 2, 3, 4]))]), ["nothing missing_column"]);
}

#[test]
fn a_row_that_enters_a_place_must_be_whole() {
    let rule = "CREATE MAPPING m AS SELECT * FROM s.t WHERE k = 1 ROUTE TO concat('s', b);";
    let lacks_name: &[usize] = &[3, 4];
    let edits = [
        Update(partial(row(1, 0, ""), lacks_name), partial(row(1, 1, ""), lacks_name)),
        Update(partial(row(1, 1, ""), lacks_name), partial(Row { b: 2, ..row(1, 1, "") }, lacks_name)),
        Update(partial(row(1, 1, ""), lacks_name), partial(row(1, 1, ""), lacks_name)),
    ];
    let said = route(rule, &edits);
    assert!(said[0].contains("the whole row that enters a place of mapping `m` reads column `name`"), "{}", said[0]);
    assert!(said[1].starts_with("failed missing_column"), "{}", said[1]);
    assert_eq!(said[2], "update s0.t");
}

#[test]
fn a_computed_column_needs_its_inputs_only_when_they_change() {
    let rule = "CREATE MAPPING m AS SELECT id, concat(name, k) AS label FROM s.t;";
    let key_only: &[usize] = &[1, 2, 3, 4];
    let edits = [
        Update(partial(row(1, 0, ""), key_only), partial(row(1, 0, ""), &[1, 3, 4])),
        Update(partial(row(1, 0, ""), key_only), partial(row(1, 5, ""), &[2, 3, 4])),
    ];
    let said = route(rule, &edits);
    assert_eq!(said[0], "update s.t", "neither name nor k changed");
    assert!(said[1].contains("column `label` of mapping `m` reads column `name`"), "{}", said[1]);
}

#[test]
fn the_case_of_a_key_is_part_of_it() {
    let rule = "CREATE MAPPING m AS SELECT name, k FROM s.t KEY (name);";
    assert_eq!(route(rule, &[Update(row(1, 0, "a"), row(1, 0, "A"))]), ["move s.t s.t"]);
}

#[test]
fn a_test_and_its_negation_in_one_rule_are_not_taken_for_each_other() {
    let rows = || [Insert(row(1, None, "a")), Insert(row(2, 5, "a"))];
    let routes = |condition: &str| route(&format!("CREATE MAPPING m AS SELECT * FROM s.t WHERE {condition}"), &rows());
    assert_eq!(routes("k IS NULL AND k IS NOT NULL"), ["nothing where_false", "nothing where_false"]);
    assert_eq!(routes("(k > 3) IS TRUE AND (k > 3) IS NOT TRUE"), ["nothing where_false", "nothing where_false"]);
    assert_eq!(routes("k IS NULL OR k IS NOT NULL"), ["insert s.t", "insert s.t"]);
}

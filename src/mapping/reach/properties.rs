//! What is told of conditions and routes holds for every row: random ones, of random rows, through the router.

use proptest::{prelude::*, sample::select};

use super::{never_true, targets};
use crate::mapping::{
    FileDiagnostic, MappingSet, Policies, QueryText, Servers, Transition,
    bind::{BoundMapping, bind},
    fixture::{Edit, Row, batch_of, router_for, row, table},
};

const NUMBERS: [i64; 9] = [i64::MIN, -7, -1, 0, 1, 2, 5, 6, i64::MAX];
const NUMBER_PARTS: [&str; 12] =
    ["id", "k", "b", "b % 3", "k % 4", "(k >> 62) % 2", "b & 5", "abs(k % 3)", "if(k > 1, 2, 3)", "coalesce(k, 5)", "-1", "length(name)"];
const NAMES: [&str; 5] = ["", "a", "A", "b", "zz"];

fn number() -> impl Strategy<Value = String> {
    select(&NUMBER_PARTS[..]).prop_map(str::to_owned)
}

fn condition() -> impl Strategy<Value = String> {
    let constant = || select(&[-2i64, -1, 0, 1, 2, 3, 5, 300][..]);
    let compared = (number(), select(&["=", "<>", "<", "<=", ">", ">=", "<=>"][..]), constant())
        .prop_map(|(left, op, right)| format!("{left} {op} {right}"));
    let between = (number(), constant(), constant()).prop_map(|(number, low, high)| format!("{number} BETWEEN {low} AND {high}"));
    let listed = (number(), constant(), constant()).prop_map(|(number, one, other)| format!("{number} IN ({one}, {other})"));
    let text = (select(&["=", "<>", "<=>"][..]), select(&NAMES[..])).prop_map(|(op, text)| format!("name {op} '{text}'"));
    let null = select(&["k IS NULL", "k IS NOT NULL", "name LIKE 'a%'", "id = b"][..]).prop_map(str::to_owned);
    let leaf = prop_oneof![4 => compared, 1 => between, 1 => listed, 2 => text, 1 => null];
    leaf.prop_recursive(3, 8, 2, |inner| {
        let joined = (inner.clone(), select(&["AND", "AND", "OR", "XOR"][..]), inner.clone());
        prop_oneof![
            3 => joined.prop_map(|(left, op, right)| format!("({left}) {op} ({right})")),
            1 => inner.prop_map(|inner| format!("NOT ({inner})")),
        ]
    })
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let k = prop_oneof![1 => Just(None), 4 => select(&NUMBERS[..]).prop_map(Some)];
    let one = (select(&NUMBERS[..]), k, select(&NUMBERS[..]), select(&NAMES[..]));
    prop::collection::vec(one.prop_map(|(id, k, b, name)| Row { b: b as u64, ..row(id, k, name) }), 1..24)
}

fn bound(text: &str) -> BoundMapping {
    let (set, problems): (MappingSet, Vec<FileDiagnostic>) =
        MappingSet::parse(vec![QueryText { path: "m.sql".to_owned(), text: text.to_owned() }]);
    assert!(problems.is_empty(), "{text}: {problems:?}");
    let servers = Servers::Any { default: "default".into() };
    let (bound, problems) = bind(&set.declared()[0], &table("s", "t"), &Policies::default(), &servers);
    bound.unwrap_or_else(|| unreachable!("{text}: {problems:?}"))
}

/// The places that rows are routed to.
fn routed(text: &str, rows: Vec<Row>) -> Vec<crate::mapping::Place> {
    let mut router = router_for(text);
    let edits: Vec<Edit> = rows.into_iter().map(Edit::Insert).collect();
    let routed = router.route(&batch_of(&table("s", "t"), &edits)).expect("the mapping fits the table").remove(0);
    let places = routed.transitions.iter().filter_map(|transition| match transition {
        Transition::Insert { to, .. } => Some(router.places().get(*to).clone()),
        _ => None,
    });
    places.collect()
}

proptest! {
    #[test]
    fn no_row_meets_a_condition_that_is_called_never_true(condition in condition(), rows in rows()) {
        let text = format!("CREATE MAPPING m AS SELECT * FROM s.t WHERE {condition}");
        let bound = bound(&text);
        let filter = bound.declared.tree.filter.as_ref().expect("it was written");
        if never_true(filter, &bound.scope).is_some() {
            prop_assert_eq!(routed(&text, rows), []);
        }
    }

    #[test]
    fn every_row_goes_to_a_listed_place(
        condition in condition(),
        schema in prop_oneof![number(), condition()],
        server in number(),
        rows in rows(),
    ) {
        let text = format!("CREATE MAPPING m AS SELECT * FROM s.t WHERE {condition} ROUTE TO concat('s', coalesce({schema}, 'x')), table ON concat('h', {server})");
        if let Ok(listed) = targets(&bound(&text)) {
            for place in routed(&text, rows) {
                prop_assert!(listed.contains(&place), "{} is not listed", place);
            }
        }
    }
}

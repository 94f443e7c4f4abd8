//! Everything that can be said about mappings before a row moves.

use std::{collections::HashSet, sync::Arc};

use dsl::{Code, Diagnostic, Severity, Source, nearest};

use super::{
    FileDiagnostic, MappingSet, Policies, SeenImages, Servers,
    advice::{Overlaps, advice, source_span},
    bind::bind,
    set::Declared,
    source::SourceTables,
};
use crate::schema::TableSchema;

impl MappingSet {
    /// Binds every mapping to every known table that it reads. Returns all problems, each once, by file and place;
    /// those that [`MappingSet::parse`] found are not among them.
    pub fn check(&self, tables: impl IntoIterator<Item = Arc<TableSchema>>, policies: &Policies, servers: &Servers) -> Vec<FileDiagnostic> {
        self.check_with(tables, &SeenImages::default(), policies, servers)
    }

    /// As [`MappingSet::check`], with what row images of the source were seen to carry and to change.
    pub fn check_with(
        &self,
        tables: impl IntoIterator<Item = Arc<TableSchema>>,
        seen: &SeenImages,
        policies: &Policies,
        servers: &Servers,
    ) -> Vec<FileDiagnostic> {
        let tables: Vec<_> = tables.into_iter().collect();
        let mut found = Vec::new();
        let mut overlaps = Overlaps::default();
        for declared in self.declared() {
            let mut said = HashSet::new();
            let mut diagnostics = Vec::new();
            let mut read = tables.iter().filter(|table| declared.source.contains(&table.name)).peekable();
            if read.peek().is_none() {
                diagnostics.push(reads_nothing(declared, &tables));
            }
            for table in read {
                let (bound, problems) = bind(declared, table, policies, servers);
                diagnostics.extend(problems);
                if let Some(bound) = bound {
                    diagnostics.extend(advice(&bound, seen));
                    overlaps.add(bound);
                }
            }
            // A pattern's tables are mostly alike, and so is what is wrong with them.
            let new = diagnostics.into_iter().filter(|diagnostic| said.insert((diagnostic.code, diagnostic.span, diagnostic.hint.clone())));
            found.extend(new.map(|diagnostic| FileDiagnostic { file: declared.file, diagnostic }));
        }
        found.extend(overlaps.finish());
        found.sort_by_key(|found| (found.file, found.diagnostic.span));
        found
    }
}

fn reads_nothing(declared: &Declared, tables: &[Arc<TableSchema>]) -> Diagnostic {
    match (&declared.source, &declared.tree.source) {
        (SourceTables::One(name), Source::Table { schema, table, .. }) => {
            let known: Vec<String> = tables.iter().map(|table| table.name.to_string()).collect();
            let written = name.to_string();
            let other_case = known.iter().find(|known| known.to_lowercase() == written.to_lowercase()).map(String::as_str);
            let meant = other_case.or_else(|| nearest(&written, known.iter().map(String::as_str)));
            Diagnostic {
                code: Code::UNKNOWN_TABLE,
                severity: Severity::Error,
                message: format!("there is no definition of table `{name}`"),
                span: schema.span.to(table.span),
                hint: Some(match meant {
                    Some(table) => format!("Did you mean `{table}`?"),
                    None => "Write its `CREATE TABLE` into `schema.sql` beside the query file, or name a dump with `--schema`.".to_owned(),
                }),
            }
        }
        (_, source) => Diagnostic {
            code: Code::PATTERN_MATCHES_NOTHING,
            severity: Severity::Warning,
            message: "no known table matches".to_owned(),
            span: source_span(source),
            hint: some_names(tables),
        },
    }
}

/// How many tables a hint names.
const NAMED_MOST: usize = 3;

fn some_names(tables: &[Arc<TableSchema>]) -> Option<String> {
    let names: Vec<_> = tables.iter().take(NAMED_MOST).map(|table| format!("`{}`", table.name)).collect();
    let more = if tables.len() > NAMED_MOST { ", …" } else { "" };
    let which = "A pattern matches whole names, letter by letter";
    (!names.is_empty()).then(|| format!("{which}; known are {}{more}.", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::{QueryText, fixture::table};

    /// The diagnostics as `severity code: message · the text blamed · hint`.
    fn said(text: &str, tables: &[Arc<TableSchema>], servers: &Servers) -> Vec<String> {
        let (set, parsed) = MappingSet::parse(vec![QueryText { path: "m.sql".to_owned(), text: text.to_owned() }]);
        let found = parsed.into_iter().chain(set.check(tables.to_vec(), &Policies::default(), servers));
        let show = |found: FileDiagnostic| {
            let Diagnostic { severity, message, span, hint, .. } = found.diagnostic;
            let blamed = text.get(span.start as usize..span.end as usize).unwrap_or("?");
            let severity = format!("{severity:?}").to_lowercase();
            format!("{severity}: {message} · {blamed}{}", hint.map(|hint| format!(" · {hint}")).unwrap_or_default())
        };
        found.map(show).collect()
    }

    fn any() -> Servers {
        Servers::Any { default: "default".into() }
    }

    /// Without the notes on partial images and moving routes, which most mappings get.
    fn check_one(text: &str) -> Vec<String> {
        let mut said = said(text, &[table("s", "t")], &any());
        said.retain(|line| !line.starts_with("note: the mapping needs ") && !line.starts_with("note: an update of "));
        said
    }

    #[test]
    fn what_partial_images_lack_is_noted_once() {
        let note = |text: &str| {
            let mut said = said(text, &[table("s", "t")], &any());
            said.retain(|line| line.starts_with("note: the mapping needs "));
            said
        };
        let lacks = |column: &str, blamed: &str| {
            let hint = "Such rows are errors (`on_row_error`): set `binlog_row_image = FULL` at the source.";
            vec![format!("note: the mapping needs `{column}` of every row, and row images other than FULL may lack it · {blamed} · {hint}")]
        };
        assert_eq!(note("CREATE MAPPING m AS SELECT * FROM s.t WHERE id > 1 AND B > 1 ROUTE TO concat('s', b);"), lacks("B", "B"));
        assert_eq!(note("CREATE MAPPING m AS SELECT * FROM s.t KEY (b, id);"), lacks("b", "b"));
        assert_eq!(note("CREATE MAPPING m AS SELECT id, b AS c FROM s.t ROUTE TO concat('s', id);"), [""; 0]);
    }

    #[test]
    fn a_value_for_a_generated_column_is_doubted() {
        let said = check_one("CREATE MAPPING m AS SELECT * REPLACE (1 AS g) FROM s.t;");
        assert_eq!(
            said,
            [
                "warning: `g` is a generated column: if the target's is too, no value can be written into it · g · Leave it out: `* EXCEPT (g)`."
            ]
        );
    }

    #[test]
    fn an_event_mapping_is_told_from_a_view() {
        let note = |blamed: &str| {
            let message = "an event mapping is no view of `s.t`: its target holds what passing changes left, not what the table holds";
            format!("note: {message} · {blamed}")
        };
        assert_eq!(check_one("CREATE MAPPING m AS SELECT * FROM s.t FOR INSERT, UPDATE;"), [note("FOR INSERT, UPDATE")]);
        let vain = check_one("CREATE MAPPING m AS SELECT * FROM s.t WHEN before.id = 1 FOR INSERT;");
        let always = "warning: `before.` is always NULL: the mapping is `FOR INSERT` only · before.id = 1";
        assert_eq!(vain, [always, &note("FOR INSERT")]);
    }

    #[test]
    fn columns_of_when_say_which_image_they_mean() {
        let said =
            check_one("CREATE MAPPING m AS SELECT * FROM s.t WHERE before.id = 1 WHEN b = 1 AND after.nmae = 2 AND t.id = 3 AND x.id = 4;");
        let expected = [
            "error: `before.` names an image of a change, which only `WHEN` sees · before · Write `id`, or put the condition into `WHEN`.",
            "error: `b` does not say whether it is before or after the change · b · Write `before.b` or `after.b`.",
            "error: `nmae` is not a column of `s.t` · nmae · Did you mean `name`?",
            "error: `id` does not say whether it is before or after the change · t.id · Write `before.id` or `after.id`.",
            "error: `x` is neither the table's name nor its alias · x · Write `before.id` or `after.id`.",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn events_without_a_key_may_only_insert() {
        let keyless = || {
            let mut keyless = (*table("s", "t")).clone();
            keyless.primary_key.clear();
            [Arc::new(keyless)]
        };
        let refused = said("CREATE MAPPING m AS SELECT * FROM s.t FOR INSERT, UPDATE;", &keyless(), &any());
        let hint = "Write `FOR INSERT`, or say with `KEY (…)` what identifies a target row.";
        let message = "nothing identifies the target rows that an update or a delete of `s.t` changes";
        assert_eq!(refused, [format!("error: {message} · FOR INSERT, UPDATE · {hint}")]);
        let appended = said("CREATE MAPPING m AS SELECT * FROM s.t FOR INSERT;", &keyless(), &any());
        assert!(appended.iter().all(|said| !said.starts_with("error")), "{appended:?}");
    }

    #[test]
    fn a_sound_mapping_has_nothing_to_hear() {
        assert_eq!(check_one("CREATE MAPPING m AS SELECT * FROM s.t WHERE b > 3 ROUTE TO concat(schema, b % 2) KEY (b, id);"), [""; 0]);
    }

    #[test]
    fn every_problem_of_a_mapping_is_found_at_once() {
        let text = "CREATE MAPPING m AS SELECT * EXCEPT (nmae), k AS id, b AS KEY_PART FROM s.t WHERE qyid = 1
            ROUTE TO shop, table ON shard0 KEY (key_prat);";
        let expected = [
            "error: `nmae` is not a column of `s.t` · nmae · Did you mean `name`?",
            "error: the target has two columns `id` · id · Use `* REPLACE (… AS name)` to give a column another value.",
            "error: `qyid` is not a column of `s.t` · qyid",
            "error: `shop` is not a column of `s.t` · shop · A schema name is text: `'shop'`.",
            "error: `shard0` is not a column of `s.t` · shard0 · A server name is text: `ON 'shard0'`.",
            "error: `key_prat` is not a column of the target · key_prat · Did you mean `KEY_PART`?",
        ];
        assert_eq!(check_one(text), expected);
    }

    #[test]
    fn a_lost_key_blames_what_loses_it() {
        let hint = "Select it, or say with `KEY (…)` what identifies a target row.";
        let lost = |blamed: &str| vec![format!("error: the select list loses `id`, a part of the key of `s.t` · {blamed} · {hint}")];
        assert_eq!(check_one("CREATE MAPPING m AS SELECT * EXCEPT (id) FROM s.t;"), lost("id"));
        assert_eq!(check_one("CREATE MAPPING m AS SELECT * REPLACE (k + 1 AS ID) FROM s.t;"), lost("ID"));
        assert_eq!(check_one("CREATE MAPPING m AS SELECT k FROM s.t;"), lost("m"));
        assert_eq!(check_one("CREATE MAPPING m AS SELECT id AS other, k FROM s.t;"), [""; 0]);
    }

    #[test]
    fn a_route_that_may_be_null_is_a_warning_unless_decided() {
        let text = "CREATE MAPPING m AS SELECT * FROM s.t ROUTE TO concat('s', k)";
        let hint = "Such a row is an error: `coalesce(k, …)` gives it a place, `WITH (on_null_route = 'skip')` or 'dead_letter' decides otherwise.";
        assert_eq!(check_one(text), [format!("warning: the schema may be NULL because `k` may · concat('s', k) · {hint}")]);
        assert_eq!(check_one(&format!("{text} WITH (on_null_route = 'error')")), [""; 0]);
        assert_eq!(check_one(&text.replace(", k)", ", coalesce(k, 0))")), [""; 0]);
    }

    #[test]
    fn conditions_that_take_no_row_are_seen() {
        let said = check_one("CREATE MAPPING m AS SELECT * FROM s.t WHERE k = NULL;");
        let hint = "A comparison with NULL is NULL: write `IS NULL` or `<=> NULL`.";
        assert_eq!(said, [format!("warning: `WHERE` is never true: the mapping takes no row · k = NULL · {hint}")]);
        assert_eq!(check_one("CREATE MAPPING m AS SELECT * FROM s.t WHERE 1 > 2;").len(), 1);
        let said = |condition: &str| check_one(&format!("CREATE MAPPING m AS SELECT * FROM s.t WHERE {condition};"));
        let never = "warning: `WHERE` is never true: the mapping takes no row";
        assert_eq!(said("id > 1 AND b % 2 = 2"), [format!("{never} · b % 2 = 2 · `b % 2` is 0 or 1.")]);
        assert_eq!(said("b < 0"), [format!("{never} · b < 0 · `b` lies between 0 and 18446744073709551615.")]);
        let together = "Each part can be true, but not both in one row: `OR` may be meant.";
        for both in ["name = 'a' AND name = 'b'", "k > 5 AND k < 5", "b % 4 = 1 AND b % 4 IN (0, 2)", "id = 1 AND id <> 1"] {
            assert_eq!(said(both), [format!("{never} · {both} · {together}")]);
        }
    }

    #[test]
    fn conditions_that_some_row_meets_are_left_alone() {
        for condition in [
            "b % 2 = 1",
            "k % 2 = -1",
            "k > 5 AND k < 7",
            "name = 'a' OR name = 'b'",
            "name = 'a' AND name = 'A ' COLLATE utf8mb4_general_ci",
            "k IS NULL OR k = 3",
            "NOT (b % 2 = 2)",
            "b & 6 = 4",
            "k = 1 AND b = 2 AND name = '3' AND id = 4",
            "name LIKE 'x%' AND name > 'x'",
            "CASE WHEN k > 1 THEN 'big' ELSE 'small' END = 'big'",
            "k <=> NULL",
        ] {
            assert_eq!(check_one(&format!("CREATE MAPPING m AS SELECT * FROM s.t WHERE {condition};")), [""; 0], "{condition}");
        }
    }

    #[test]
    fn keys_are_doubted_where_they_may_collide() {
        let said = check_one("CREATE MAPPING m AS SELECT * FROM s.t KEY (k);");
        let expected = [
            "warning: the key holds no unique key of `s.t`: two of its rows may become one · KEY (k) · Put `id` into `KEY` too, or, if they never \
             meet, say so: `WITH (distinct_keys = TRUE)`.",
            "warning: key column `k` may be NULL · k · Rows with NULL there are told apart by nothing: take a column that is NOT NULL, or \
             `coalesce` it.",
        ];
        assert_eq!(said, expected);
        let computed = |id: &str| check_one(&format!("CREATE MAPPING m AS SELECT * REPLACE ({id} AS id) FROM s.t KEY (id);"));
        assert!(computed("id % 100")[0].starts_with("warning: the key holds no unique key"));
        assert_eq!(computed("id + 100"), [""; 0]);
        assert_eq!(check_one("CREATE MAPPING m AS SELECT * FROM s.t KEY (b) WITH (distinct_keys = TRUE);"), [""; 0]);
    }

    #[test]
    fn merged_tables_need_a_key_that_tells_them_apart() {
        let rule = |key: &str| format!(r"CREATE MAPPING m AS SELECT *, table AS origin FROM LIKE 's'.'t%' ROUTE TO 'a', 'b' KEY ({key});");
        let merged = check_one(&rule("id"));
        assert!(merged[0].starts_with("warning: rows of several tables go to one place"), "{merged:?}");
        assert!(merged[0].ends_with(
            "Select `table AS from_table` too and write `KEY (from_table, id)`, or, if they never meet, say so: `WITH (distinct_keys = TRUE)`."
        ));
        assert_eq!(check_one(&rule("id, origin")), [""; 0]);
        assert_eq!(check_one(&rule("id").replace(';', " WITH (distinct_keys = TRUE);")), [""; 0]);
        let cut = rule("id, origin").replace("table AS origin", "left(table, 1) AS origin");
        let two = said(&cut, &[table("s", "t1"), table("s", "t2")], &any());
        assert!(two.iter().any(|line| line.starts_with("warning: rows of `s.t1` and of `s.t2` go to `a.b`")), "{two:?}");
    }

    #[test]
    fn mappings_that_write_one_row_are_seen() {
        let two = |first: &str, second: &str| {
            let text = format!("CREATE MAPPING one AS SELECT * FROM {first}; CREATE MAPPING two AS SELECT * FROM {second};");
            let mut said = said(&text, &[table("s", "t"), table("s", "u")], &any());
            said.retain(|line| !line.starts_with("note: "));
            said
        };
        assert!(
            two("s.t ROUTE TO 'x'", "s.t WHERE b > 3 ROUTE TO 'x'")[0]
                .starts_with("warning: `two` writes rows of `s.t` to `x.t` that `one` writes there too")
        );
        assert!(two("s.t ROUTE TO name", "s.t ROUTE TO name")[0].contains("to the very places where `one` writes them"));
        assert!(
            two("s.t ROUTE TO 'x', 'y'", "s.u ROUTE TO 'x', 'y'")[0]
                .contains("`two` brings rows of `s.u` to `x.y`, where `one` brings rows of `s.t`")
        );
        assert_eq!(two("s.t ROUTE TO concat('x', b % 2)", "s.t WHERE b % 2 = 1 ROUTE TO concat('x', b % 2, '')").len(), 1);
        for (first, second) in [
            ("s.t ROUTE TO 'x'", "s.t ROUTE TO 'y'"),
            ("s.t WHERE b % 2 = 0 ROUTE TO 'x'", "s.t WHERE b % 2 = 1 ROUTE TO 'x'"),
            ("s.t WHERE b < 10 ROUTE TO 'x'", "s.t WHERE b >= 10 ROUTE TO 'x'"),
            ("s.t WHERE name = 'a' ROUTE TO 'x'", "s.t WHERE name <> 'a' ROUTE TO 'x'"),
            ("s.t WHERE k IS NULL ROUTE TO 'x'", "s.t WHERE k IS NOT NULL ROUTE TO 'x'"),
            ("s.t ROUTE TO concat('x', b % 2)", "s.t ROUTE TO concat('y', b % 2)"),
            ("s.t ROUTE TO name", "s.t ROUTE TO concat('x', name)"),
            ("s.t ROUTE TO 'x', 'y' ON 'a'", "s.u ROUTE TO 'x', 'y' ON 'b'"),
            ("s.t ROUTE TO 'x', 'y' WITH (distinct_keys = TRUE)", "s.u ROUTE TO 'x', 'y'"),
        ] {
            assert_eq!(two(first, second), [""; 0], "{first} · {second}");
        }
    }

    #[test]
    fn servers_are_checked_against_the_configured_ones() {
        let named = |names: &[&str]| Servers::Named(names.iter().map(|name| Arc::from(*name)).collect());
        let without_on = "CREATE MAPPING m AS SELECT * FROM s.t ROUTE TO 'x';";
        let tables = [table("s", "t")];
        assert_eq!(said(without_on, &tables, &named(&["only"])), [""; 0]);
        let several = said(without_on, &tables, &named(&["a", "b"]));
        assert_eq!(
            several,
            ["error: mapping `m` names no server, and there are several · ROUTE TO 'x' · Write `ON 'a'` after `ROUTE TO`."]
        );
        let unknown = said("CREATE MAPPING m AS SELECT * FROM s.t ROUTE TO 'x' ON 'shard';", &tables, &named(&["shard0", "b"]));
        assert_eq!(unknown, ["error: `shard` is no configured server · 'shard' · Did you mean `shard0`?"]);
    }

    #[test]
    fn a_constant_route_must_be_a_name() {
        let long = "x".repeat(65);
        for (name, problem) in [("", "is empty"), (&long, "is longer than 64 characters"), ("a ", "ends in a space")] {
            let said = check_one(&format!("CREATE MAPPING m AS SELECT * FROM s.t ROUTE TO '{name}';"));
            assert_eq!(said, [format!("error: the schema {problem} · '{name}'")]);
        }
        assert_eq!(check_one("CREATE MAPPING m AS SELECT * FROM s.t ROUTE TO 'a', NULL;"), ["error: the table is always NULL · NULL"]);
    }

    #[test]
    fn a_table_without_definition_is_an_error_with_its_neighbour() {
        let said = |from: &str| check_one(&format!("CREATE MAPPING m AS SELECT * FROM {from};"));
        assert_eq!(said("s.T"), ["error: there is no definition of table `s.T` · s.T · Did you mean `s.t`?"]);
        assert_eq!(
            said("LIKE 'x'.'%'"),
            ["warning: no known table matches · 'x'.'%' · A pattern matches whole names, letter by letter; known are `s.t`."]
        );
    }

    #[test]
    fn a_table_without_a_key_makes_multisets() {
        let mut keyless = (*table("s", "t")).clone();
        keyless.primary_key.clear();
        let said = said("CREATE MAPPING m AS SELECT * FROM s.t;", &[Arc::new(keyless)], &any());
        assert!(said[0].starts_with("warning: nothing identifies a row of `s.t`"), "{said:?}");
    }
}

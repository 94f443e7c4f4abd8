//! Everything that can be said about mappings before a row moves.

use std::{collections::HashSet, sync::Arc};

use dsl::{BinaryOp, Code, Diagnostic, Expr, ExprKind, Severity, Source, Span, nearest};

use super::{
    FileDiagnostic, MappingSet, Policies, Servers, TargetLayout,
    atoms::children,
    bind::{BoundMapping, bind},
    event,
    lookup::mentions as mentions_lookup,
    set::Declared,
    source::SourceTables,
};
use crate::schema::TableSchema;

impl MappingSet {
    /// Binds every mapping to every known table that it reads. Returns all problems, each once, by file and place;
    /// those that [`MappingSet::parse`] found are not among them.
    pub fn check(&self, tables: impl IntoIterator<Item = Arc<TableSchema>>, policies: &Policies, servers: &Servers) -> Vec<FileDiagnostic> {
        let tables: Vec<_> = tables.into_iter().collect();
        let mut found = Vec::new();
        for declared in self.declared() {
            let mut said = HashSet::new();
            let diagnostics = check(declared, &tables, policies, servers).into_iter();
            // A pattern's tables are mostly alike, and so is what is wrong with them.
            let new = diagnostics.filter(|diagnostic| said.insert((diagnostic.code, diagnostic.span, diagnostic.hint.clone())));
            found.extend(new.map(|diagnostic| FileDiagnostic { file: declared.file, diagnostic }));
        }
        found.sort_by_key(|found| (found.file, found.diagnostic.span));
        found
    }
}

fn check(declared: &Arc<Declared>, tables: &[Arc<TableSchema>], policies: &Policies, servers: &Servers) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut read = tables.iter().filter(|table| declared.source.contains(&table.name)).peekable();
    if read.peek().is_none() {
        return vec![reads_nothing(declared, tables)];
    }
    for table in read {
        let (bound, found) = bind(declared, table, policies, servers);
        diagnostics.extend(found);
        if let Some(bound) = bound {
            diagnostics.extend(advice(&bound));
        }
    }
    diagnostics
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
                hint: meant.map(|table| format!("Did you mean `{table}`?")),
            }
        }
        (_, source) => Diagnostic {
            code: Code::PATTERN_MATCHES_NOTHING,
            severity: Severity::Warning,
            message: "no known table matches".to_owned(),
            span: pattern_span(source),
            hint: None,
        },
    }
}

fn pattern_span(source: &Source) -> Span {
    match source {
        Source::Table { schema, table, .. } => schema.span.to(table.span),
        Source::Like(pair) | Source::Regexp(pair) => pair.schema.span.to(pair.table.span),
    }
}

/// What may surprise in a mapping that works.
fn advice(bound: &BoundMapping) -> Vec<Diagnostic> {
    let tree = &bound.declared.tree;
    let mut advice = Vec::new();
    if let (Some(filter), Some(written)) = (&bound.filter, &tree.filter)
        && (filter.is_never_true() || null_comparison(written).is_some())
    {
        advice.push(warning(
            Code::NEVER_TRUE,
            "`WHERE` is never true: the mapping takes no row".to_owned(),
            written.span,
            null_comparison(written),
        ));
    }
    advice.extend(nullable_routes(bound));
    advice.extend(nullable_key(bound));
    advice.extend(unproven_key(bound));
    advice.extend(merged_tables(bound));
    advice.extend(replaced_generated(bound));
    advice.extend(partial_images(bound));
    advice.extend(event::advice(bound));
    if bound.layout.is_keyless() {
        let message = format!("nothing identifies a row of `{}`: equal rows cannot be told apart", bound.layout.source.name);
        let hint = Some("Say with `KEY (…)` what identifies a target row.".to_owned());
        advice.push(warning(Code::NO_IDENTITY, message, pattern_span(&tree.source), hint));
    }
    advice
}

pub(super) fn warning(code: Code, message: String, span: Span, hint: Option<String>) -> Diagnostic {
    Diagnostic { code, severity: Severity::Warning, message, span, hint }
}

/// `x = NULL` is why most conditions are never true.
fn null_comparison(filter: &Expr) -> Option<String> {
    let is_null = |tree: &Expr| matches!(tree.kind, ExprKind::Literal(dsl::Literal::Null));
    let ExprKind::Binary(left, op, right) = &filter.kind else { return None };
    match op {
        BinaryOp::And => null_comparison(left).or_else(|| null_comparison(right)),
        BinaryOp::Eq | BinaryOp::NotEq | BinaryOp::Lt | BinaryOp::LtEq | BinaryOp::Gt | BinaryOp::GtEq
            if is_null(left) || is_null(right) =>
        {
            Some("A comparison with NULL is NULL: write `IS NULL` or `<=> NULL`.".to_owned())
        }
        _ => None,
    }
}

fn nullable_routes(bound: &BoundMapping) -> Vec<Diagnostic> {
    let tree = &bound.declared.tree;
    let decided = tree.options.iter().any(|option| option.name.text.eq_ignore_ascii_case("on_null_route"));
    let (Some(route), Some(written), false) = (&bound.route, &tree.route, decided) else { return Vec::new() };
    let trees = [Some(&written.schema), written.table.as_ref(), written.server.as_ref()];
    let parts = [Some(&route.schema), route.table.as_ref(), route.server.as_ref()];
    let mut found = Vec::new();
    for ((tree, part), word) in trees.into_iter().zip(parts).zip(["schema", "table", "server"]) {
        let (Some(tree), Some(part)) = (tree, part) else { continue };
        if part.is_nullable() {
            let columns = &bound.layout.source.columns;
            let nullable = part.columns().iter().filter_map(|index| columns.get(index)).find(|column| column.nullable);
            let because = match tree_lookup(bound, tree) {
                Some(lookup) => format!(" because `LOOKUP.{lookup}` may have no row for it"),
                None => nullable.map(|column| format!(" because `{}` may", column.name)).unwrap_or_default(),
            };
            let hint = "Such a row is an error; `WITH (on_null_route = 'skip')` or 'dead_letter' decides otherwise.".to_owned();
            found.push(warning(Code::NULLABLE_ROUTE, format!("the {word} may be NULL{because}"), tree.span, Some(hint)));
        }
    }
    found
}

/// The lookup that an expression reads.
fn tree_lookup<'b>(bound: &'b BoundMapping, tree: &Expr) -> Option<&'b str> {
    let read = bound.declared.tree.lookups.iter().find(|lookup| mentions_lookup(tree, &lookup.qualifier().text));
    read.map(|lookup| lookup.name.text.as_str())
}

fn nullable_key(bound: &BoundMapping) -> Vec<Diagnostic> {
    let Some(written) = &bound.declared.tree.key else { return Vec::new() };
    let columns = bound.layout.key.iter().map(|&index| &bound.layout.columns[index]).zip(&written.columns);
    let nullable = columns.filter(|(column, _)| column.nullable);
    nullable
        .map(|(column, name)| warning(Code::NULLABLE_KEY, format!("key column `{}` may be NULL", column.name), name.span, None))
        .collect()
}

/// A written key that holds no unique key of the source: two source rows may become one target row.
fn unproven_key(bound: &BoundMapping) -> Option<Diagnostic> {
    let written = bound.declared.tree.key.as_ref()?;
    let TargetLayout { source, columns, key } = &*bound.layout;
    let carried: HashSet<usize> = key.iter().filter_map(|&index| columns[index].source).collect();
    let unique = source.unique_keys.iter().filter(|unique| !unique.partial).map(|unique| unique.columns.as_slice());
    let proven = [source.primary_key.as_slice()]
        .into_iter()
        .chain(unique)
        .any(|unique| !unique.is_empty() && unique.iter().all(|column| carried.contains(column)));
    // A computed part may make the key unique in ways that cannot be seen here.
    let computed = key.iter().any(|&index| columns[index].source.is_none());
    if proven || computed {
        return None;
    }
    let message = format!("the key holds no unique key of `{}`: two of its rows may become one", source.name);
    Some(warning(Code::KEY_COLLISION, message, written.span, None))
}

/// A pattern whose tables flow into one place, under a key that does not tell them apart.
fn merged_tables(bound: &BoundMapping) -> Option<Diagnostic> {
    let declared = &bound.declared;
    let route = declared.tree.route.as_ref().filter(|_| declared.source.is_pattern())?;
    let (schema_varies, table_varies) = declared.source.varies();
    let key = bound.layout.key.iter().map(|&index| bound.layout.columns[index].name.to_lowercase()).collect::<HashSet<_>>();
    let in_key = declared.tree.items.iter().flat_map(|item| match item {
        dsl::Item::Column { expr, name } if key.contains(&name.text.to_lowercase()) => vec![expr],
        dsl::Item::Star { replace, .. } => {
            replace.iter().filter(|(_, name)| key.contains(&name.text.to_lowercase())).map(|(expr, _)| expr).collect()
        }
        dsl::Item::Column { .. } => Vec::new(),
    });
    let place = [Some(&route.schema), route.table.as_ref(), route.server.as_ref()].into_iter().flatten();
    let telling: Vec<&Expr> = place.chain(in_key).collect();
    let says = |kind: &ExprKind| telling.iter().any(|tree| mentions(tree, kind));
    let keeps_table = route.table.is_none() || says(&ExprKind::SourceTable);
    if (!schema_varies || says(&ExprKind::SourceSchema)) && (!table_varies || keeps_table) {
        return None;
    }
    let span = declared.tree.key.as_ref().map_or(route.span, |key| key.span);
    Some(Diagnostic {
        code: Code::KEY_COLLISION,
        severity: Severity::Note,
        message: "rows of several tables go to one place, and the key does not tell their tables apart".to_owned(),
        span,
        hint: Some("Unless keys are unique across the tables, select `schema` and `table` into columns of the key.".to_owned()),
    })
}

/// A column that the source computes, and very likely the target too, is given another value.
fn replaced_generated(bound: &BoundMapping) -> Vec<Diagnostic> {
    let table = &bound.layout.source;
    let replaced = bound.declared.tree.items.iter().flat_map(|item| match item {
        dsl::Item::Star { replace, .. } => replace.as_slice(),
        dsl::Item::Column { .. } => &[],
    });
    let generated = replaced.filter(|(_, name)| table.column_index(&name.text).is_some_and(|index| table.columns[index].generated));
    let warn = |(_, name): &(Expr, dsl::Name)| {
        let message = format!("`{}` is a generated column: if the target's is too, no value can be written into it", name.text);
        warning(Code::GENERATED_COLUMN, message, name.span, None)
    };
    generated.map(warn).collect()
}

/// The first column that the mapping must know of every row and that MINIMAL images carry only when it changes.
fn partial_images(bound: &BoundMapping) -> Option<Diagnostic> {
    let (tree, table) = (&bound.declared.tree, &bound.layout.source);
    // Without a key, MINIMAL images are whole before images.
    let identity = table.identity()?;
    let items = tree.items.iter().flat_map(|item| match item {
        dsl::Item::Star { replace, .. } => replace.iter().map(|(expr, _)| expr).collect(),
        // A bare column is passed on, and may be absent.
        dsl::Item::Column { expr, .. } => {
            if matches!(expr.kind, ExprKind::Column { .. }) {
                Vec::new()
            } else {
                vec![expr]
            }
        }
    });
    let route = tree.route.iter().flat_map(|route| [Some(&route.schema), route.table.as_ref(), route.server.as_ref()]).flatten();
    let beyond = |name: &dsl::Name| table.column_index(&name.text).is_some_and(|index| !identity.contains(&index));
    let on = tree.lookups.iter().map(|lookup| &lookup.on);
    let tree_lookups: Vec<&str> = tree.lookups.iter().map(|lookup| lookup.qualifier().text.as_str()).collect();
    let read =
        on.chain(&tree.filter).chain(&tree.when).chain(route).chain(items).find_map(|tree| first_column(tree, &tree_lookups, &beyond));
    let in_key = || {
        let source = |index: &usize| bound.layout.columns[*index].source.is_some_and(|source| !identity.contains(&source));
        let at = bound.layout.key.iter().position(source)?;
        tree.key.as_ref()?.columns.get(at)
    };
    let column = read.or_else(in_key)?;
    Some(Diagnostic {
        code: Code::PARTIAL_IMAGE,
        severity: Severity::Note,
        message: format!("the mapping needs `{}` of every row, and row images other than FULL may lack it", column.text),
        span: column.span,
        hint: Some("Such rows are errors (`on_row_error`): set `binlog_row_image = FULL` at the source.".to_owned()),
    })
}

/// The first wanted column of the source; those of lookups are none.
fn first_column<'t>(tree: &'t Expr, lookups: &[&str], wanted: &dyn Fn(&dsl::Name) -> bool) -> Option<&'t dsl::Name> {
    match &tree.kind {
        ExprKind::Column { qualifier, name } => {
            let of_lookup = qualifier.as_ref().is_some_and(|of| lookups.iter().any(|lookup| lookup.eq_ignore_ascii_case(&of.text)));
            Some(name).filter(|name| !of_lookup && wanted(name))
        }
        _ => children(tree).into_iter().find_map(|part| first_column(part, lookups, wanted)),
    }
}

fn mentions(tree: &Expr, kind: &ExprKind) -> bool {
    tree.kind == *kind || children(tree).into_iter().any(|part| mentions(part, kind))
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

    /// Without the notes on partial images, which most mappings get.
    fn check_one(text: &str) -> Vec<String> {
        let mut said = said(text, &[table("s", "t")], &any());
        said.retain(|line| !line.starts_with("note: the mapping needs "));
        said
    }

    #[test]
    fn what_partial_images_lack_is_noted_once() {
        let note = |text: &str| said(text, &[table("s", "t")], &any());
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
        assert_eq!(said, ["warning: `g` is a generated column: if the target's is too, no value can be written into it · g"]);
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
        let hint = "Such a row is an error; `WITH (on_null_route = 'skip')` or 'dead_letter' decides otherwise.";
        assert_eq!(check_one(text), [format!("warning: the schema may be NULL because `k` may · concat('s', k) · {hint}")]);
        assert_eq!(check_one(&format!("{text} WITH (on_null_route = 'error')")), [""; 0]);
    }

    #[test]
    fn conditions_that_take_no_row_are_seen() {
        let said = check_one("CREATE MAPPING m AS SELECT * FROM s.t WHERE k = NULL;");
        let hint = "A comparison with NULL is NULL: write `IS NULL` or `<=> NULL`.";
        assert_eq!(said, [format!("warning: `WHERE` is never true: the mapping takes no row · k = NULL · {hint}")]);
        assert_eq!(check_one("CREATE MAPPING m AS SELECT * FROM s.t WHERE 1 > 2;").len(), 1);
    }

    #[test]
    fn keys_are_doubted_where_they_may_collide() {
        let said = check_one("CREATE MAPPING m AS SELECT * FROM s.t KEY (k);");
        let expected = [
            "warning: the key holds no unique key of `s.t`: two of its rows may become one · KEY (k)",
            "warning: key column `k` may be NULL · k",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn merged_tables_need_a_key_that_tells_them_apart() {
        let rule = |key: &str| format!(r"CREATE MAPPING m AS SELECT *, table AS origin FROM LIKE 's'.'t%' ROUTE TO 'a', 'b' KEY ({key});");
        assert!(check_one(&rule("id"))[0].starts_with("note: rows of several tables go to one place"));
        assert_eq!(check_one(&rule("id, origin")), [""; 0]);
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
        assert_eq!(said("LIKE 'x'.'%'"), ["warning: no known table matches · 'x'.'%'"]);
    }

    #[test]
    fn a_table_without_a_key_makes_multisets() {
        let mut keyless = (*table("s", "t")).clone();
        keyless.primary_key.clear();
        let said = said("CREATE MAPPING m AS SELECT * FROM s.t;", &[Arc::new(keyless)], &any());
        assert!(said[0].starts_with("warning: nothing identifies a row of `s.t`"), "{said:?}");
    }
}

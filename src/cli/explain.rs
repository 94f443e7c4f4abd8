//! `rowgate explain`: what a mapping reads, where its rows can go, what can fail, what identifies a row, and its plan.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use serde_json::{Value, json};

use super::{
    args::{ExplainArguments, Format},
    definitions::{Dumps, read_definitions, read_through, server_of},
    diagnostics::Painter,
    failure::{Exit, Failure},
    flow::{any_servers, query_texts, with_causes},
    lookups::with_lookups,
    query_files::read_as_sets,
};
use crate::{
    binlog::Capture,
    mapping::{Explanation, KeyReason, MappingError, MappingSet, Place, Policies},
    schema::ServerVersion,
};

/// How many targets are listed for people; machines get all.
const TARGETS_SHOWN: usize = 64;

pub(super) fn run(arguments: &ExplainArguments, painter: Painter) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    for folder in read_as_sets(&arguments.paths)? {
        let (set, mut problems) = MappingSet::parse(query_texts(&folder.queries));
        let set = with_lookups(set, arguments.lookups.config.as_deref())?;
        let capture = if arguments.from.is_empty() { None } else { Some(Capture::open(&arguments.from)?) };
        let server = capture.as_ref().map_or(ServerVersion::MYSQL_9_7, server_of);
        let dumps = Dumps::find(arguments.schema.as_deref(), &folder, &arguments.from)?;
        let mut history = read_definitions(&set, &folder, &dumps, server)?;
        if let Some(capture) = capture {
            history = read_through(capture, history, &dumps, &set)?;
        }
        let (policies, servers) = (Policies::default(), any_servers());
        problems.extend(set.check(history.tables().cloned(), &policies, &servers));
        // What is only advice is `check`'s to tell.
        problems.retain(|found| found.diagnostic.severity == dsl::Severity::Error);
        painter.draw(set.files(), &problems)?;
        for explanation in set.explain(history.tables(), &policies, &servers) {
            let path = &set.files()[explanation.file()].path;
            let told = Told::of(&explanation).map_err(|error| Failure::wrong_input(with_causes(&error)))?;
            let text = match arguments.format {
                Format::Human => told.human(path),
                Format::Json => format!("{}\n", told.json(path)),
            };
            out.write_all(text.as_bytes()).map_err(|error| Failure::output(&error))?;
        }
    }
    Ok(Exit::Done)
}

/// All that is told of one mapping over one table.
struct Told<'e> {
    explanation: &'e Explanation,
    plan: String,
    decoded: Vec<&'e str>,
    targets: Result<Vec<Place>, String>,
}

impl<'e> Told<'e> {
    fn of(explanation: &'e Explanation) -> Result<Self, MappingError> {
        let compiled = explanation.compile(&any_servers())?;
        Ok(Self {
            explanation,
            plan: compiled.plan().explain()?,
            decoded: explanation.names(compiled.columns_read()),
            targets: explanation.targets().map(|places| places.into_iter().collect()).map_err(|unlisted| unlisted.to_string()),
        })
    }

    fn key(&self) -> Vec<&'e str> {
        let layout = self.explanation.layout();
        layout.key.iter().map(|&index| layout.columns[index].name.as_str()).collect()
    }

    fn human(&self, path: &str) -> String {
        let (explanation, source) = (self.explanation, &self.explanation.layout().source);
        let read = explanation.columns_read();
        let read = if read.is_empty() { "none".to_owned() } else { read.join(", ") };
        let decoded = match (self.decoded.len(), source.columns.len()) {
            (decoded, all) if decoded == all => format!("all {all}"),
            _ => self.decoded.join(", "),
        };
        let mut lines = vec![
            format!("mapping {} ({path})", explanation.mapping()),
            format!("  reads     {}", source.name),
            format!("  columns   in expressions: {read}; decoded: {decoded}"),
        ];
        lines.extend(explanation.changes_heard().map(|clauses| format!("  changes   {clauses}: an event mapping, no view of its table")));
        lines.extend(labelled("targets", self.targets_human()));
        lines.push(format!("  key       {}", self.key_human()));
        let fallible = explanation.fallible();
        let fallible = fallible.iter().map(|part| format!("{} in {}: {}", part.expression, part.place, part.kinds.join(" or ")));
        lines.extend(labelled("can fail", if fallible.len() == 0 { vec!["nothing".to_owned()] } else { fallible.collect() }));
        let policies: Vec<_> = explanation.policies().words().into_iter().map(|(option, word)| format!("{option} = {word}")).collect();
        lines.push(format!("  policies  {}", policies.join(", ")));
        lines.extend(labelled("plan", self.plan.lines().map(str::to_owned).collect()));
        lines.join("\n") + "\n\n"
    }

    fn targets_human(&self) -> Vec<String> {
        let places = match &self.targets {
            Ok(places) => places,
            Err(because) => return vec![format!("not enumerable, because {because}")],
        };
        let mut by_schema: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for place in places.iter().take(TARGETS_SHOWN) {
            by_schema.entry((&place.server, &place.schema)).or_default().push(&place.table);
        }
        let mut lines = vec![format!("{} at most", places.len())];
        for ((server, schema), mut tables) in by_schema {
            // `t_2` before `t_10`.
            tables.sort_by_key(|table| (table.trim_end_matches(|c: char| c.is_ascii_digit()), table.len(), *table));
            lines.push(format!("  {schema} on {server}: {}", tables.join(", ")));
        }
        if places.len() > TARGETS_SHOWN {
            lines.push(format!("  … and {} more", places.len() - TARGETS_SHOWN));
        }
        lines
    }

    fn key_human(&self) -> String {
        let key = self.key().join(", ");
        match self.explanation.key_reason() {
            KeyReason::Written => format!("({key}), as `KEY` says"),
            KeyReason::PrimaryKey => format!("({key}), the primary key of {}", self.explanation.layout().source.name),
            KeyReason::UniqueKey => {
                format!("({key}), the first unique key without NULL of {}, which has no primary key", self.explanation.layout().source.name)
            }
            KeyReason::Keyless => "none: rows are a multiset".to_owned(),
        }
    }

    fn json(&self, path: &str) -> Value {
        let explanation = self.explanation;
        let source = &explanation.layout().source.name;
        let place = |place: &Place| json!({"server": &*place.server, "schema": &*place.schema, "table": &*place.table});
        let fallible = explanation.fallible().into_iter();
        let fallible =
            fallible.map(|part| json!({"place": part.place.trim_matches('`'), "expression": part.expression, "kinds": part.kinds}));
        let policies: serde_json::Map<String, Value> =
            explanation.policies().words().into_iter().map(|(option, word)| (option.to_owned(), word.trim_matches('\'').into())).collect();
        let reason = match explanation.key_reason() {
            KeyReason::Written => "written",
            KeyReason::PrimaryKey => "primary_key",
            KeyReason::UniqueKey => "unique_key",
            KeyReason::Keyless => "keyless",
        };
        json!({
            "mapping": explanation.mapping(),
            "file": path,
            "source": {"schema": source.schema, "table": source.table},
            "changes": explanation.changes_heard(),
            "columns_read": explanation.columns_read(),
            "columns_decoded": self.decoded,
            "targets": self.targets.as_ref().ok().map(|places| places.iter().map(place).collect::<Vec<_>>()),
            "targets_unlisted": self.targets.as_ref().err(),
            "key": {"columns": self.key(), "reason": reason},
            "fallible": fallible.collect::<Vec<_>>(),
            "policies": policies,
            "plan": self.plan,
        })
    }
}

/// Lines of which the first follows a label and the others stand under it.
fn labelled(label: &str, lines: Vec<String>) -> Vec<String> {
    lines.into_iter().enumerate().map(|(index, line)| format!("  {:<9} {line}", if index == 0 { label } else { "" })).collect()
}

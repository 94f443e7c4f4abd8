//! `rowgate functions`: what the language knows, and what it refuses.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::json;

use super::{
    args::{Format, FunctionsArguments},
    failure::{Exit, Failure},
};
use crate::mapping::expr::{FAMILIES, Family, Function, Refused, functions, refused};

pub(super) fn run(arguments: &FunctionsArguments) -> Result<Exit, Failure> {
    let found = match &arguments.name {
        None => Found::matching(|_| true),
        Some(name) => Found::named(name.trim().trim_end_matches("()").to_lowercase().as_str())?,
    };
    let text = match arguments.format {
        Format::Json => found.json_lines(),
        Format::Human => found.page(),
    };
    io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::output(&error))?;
    Ok(Exit::Done)
}

fn unknown(wanted: &str) -> Failure {
    let failure = Failure::no(format!("no function is called `{wanted}`"));
    let names = functions().flat_map(|function| function.names).copied();
    match dsl::nearest(wanted, names.chain(refused().map(|refused| refused.name))) {
        Some(near) => failure.with_hint(format!("Did you mean `{near}`?")),
        None => failure.with_hint("`rowgate functions` lists all; `*` in a name stands for any letters."),
    }
}

/// What was asked for.
struct Found {
    functions: Vec<(&'static Family, &'static Function)>,
    refused: Vec<Refused>,
}

impl Found {
    /// The function of that name, else all whose names match the pattern.
    fn named(wanted: &str) -> Result<Self, Failure> {
        let exact = Self::matching(|name| name == wanted);
        let found = if exact.is_empty() { Self::matching(|name| matches(name, wanted)) } else { exact };
        if found.is_empty() { Err(unknown(wanted)) } else { Ok(found) }
    }

    fn is_empty(&self) -> bool {
        self.functions.is_empty() && self.refused.is_empty()
    }

    fn matching(test: impl Fn(&str) -> bool) -> Self {
        let of_family = |family: &'static Family| family.functions.iter().map(move |function| (family, function));
        let functions = FAMILIES.iter().flat_map(of_family).filter(|(_, function)| function.names.iter().any(|name| test(name)));
        Self { functions: functions.collect(), refused: refused().filter(|refused| test(refused.name)).collect() }
    }

    fn json_lines(&self) -> String {
        let known = self.functions.iter().map(|(family, function)| {
            json!({
                "name": function.names[0], "aliases": &function.names[1..], "family": family.name, "signature": function.signature,
                "meaning": function.meaning, "example": function.example, "result": function.result, "refused": null,
            })
        });
        let refused = self.refused.iter().map(|refused| json!({ "name": refused.name, "refused": refused.reason, "hint": refused.hint }));
        known.chain(refused).map(|line| format!("{line}\n")).collect()
    }

    /// One function in full, or tables by family.
    fn page(&self) -> String {
        match (self.functions.as_slice(), self.refused.as_slice()) {
            ([(family, function)], []) => in_full(family, function),
            ([], [refused]) => {
                format!("{}() {}\n{}", refused.name, refused.reason, refused.hint.map_or(String::new(), |hint| hint.to_owned() + "\n"))
            }
            _ => self.tables(),
        }
    }

    fn tables(&self) -> String {
        let families = FAMILIES.iter().map(|family| {
            let own =
                self.functions.iter().filter(|(of, _)| of.name == family.name).map(|(_, function)| (function.signature, function.meaning));
            titled(family.name, own.collect())
        });
        let mut reasons: Vec<&str> = self.refused.iter().map(|refused| refused.reason).collect();
        reasons.dedup();
        let refused = reasons.into_iter().map(|reason| {
            let names =
                self.refused.iter().filter(|refused| refused.reason == reason).map(|refused| refused.name).collect::<Vec<_>>().join(", ");
            (reason, names)
        });
        let refused: Vec<(&str, String)> = refused.collect();
        let refused = titled("refused", refused.iter().map(|(reason, names)| (*reason, names.as_str())).collect());
        families.chain([refused]).filter(|table| !table.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

/// Whether a name is as the pattern says, where `*` stands for any letters; a pattern without one may lie anywhere in the name.
fn matches(name: &str, pattern: &str) -> bool {
    if !pattern.contains('*') {
        return name.contains(pattern);
    }
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or("")) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let last = parts.pop().unwrap_or("");
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

fn titled(title: &str, rows: Vec<(&str, &str)>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    rows.into_iter().for_each(|(left, right)| {
        table.add_row([left, right]);
    });
    format!("{title}\n{}\n", table.trim_fmt())
}

fn in_full(family: &Family, function: &Function) -> String {
    let mut text = format!("{}\n\n{}\n\n  {} = {}\n\n", function.signature, sentence(function.meaning), function.example, function.result);
    if let [_, others @ ..] = function.names
        && !others.is_empty()
    {
        text.push_str(&format!("Also written: {}. ", others.join(", ").to_uppercase()));
    }
    text + &format!("Family: {}.\n", family.name)
}

/// A fragment as a sentence.
fn sentence(fragment: &str) -> String {
    let mut characters = fragment.chars();
    characters.next().map_or(String::new(), |first| format!("{}{}.", first.to_uppercase(), characters.as_str()))
}

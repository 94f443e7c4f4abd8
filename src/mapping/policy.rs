//! What a mapping does with rows and places that are not as they should be: `WITH (…)`.

use dsl::{Code, Diagnostic, MappingOption, OptionValue, Severity, Span, nearest};

/// The policies of one mapping. The default of each field is its variant's `#[default]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policies {
    /// `on_null_route`: a row whose `ROUTE TO` is NULL.
    pub on_null_route: RowPolicy,
    /// `on_row_error`: a row that cannot be evaluated, or whose route is no name.
    pub on_row_error: RowPolicy,
    /// `on_missing_table`: a target table that does not exist.
    pub on_missing_table: MissingTable,
    /// `on_conflict`: a statement that matches other rows than it should.
    pub on_conflict: Conflict,
    /// `distinct_keys`: the author knows that rows which meet in one target table have different keys, though the rule does not show it.
    pub distinct_keys: bool,
}

/// What happens to a row that has no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RowPolicy {
    /// `'error'`: the table stops.
    #[default]
    Error,
    /// `'skip'`: the row is outside the mapping, as if `WHERE` were false for it.
    Skip,
    /// `'dead_letter'`: the change is set aside and the rest goes on.
    DeadLetter,
}

/// What happens when a target table does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MissingTable {
    /// `'error'`: the table stops.
    #[default]
    Error,
    /// `'create'`: it is made after the mapping's select list.
    Create,
}

/// What happens when a statement matches other rows than it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Conflict {
    /// `'error'`: the table stops.
    #[default]
    Error,
    /// `'repair'`: the target row is made what the mapping says.
    Repair,
    /// `'dead_letter'`: the change is set aside and the rest goes on.
    DeadLetter,
}

/// The options a mapping may have, with the words each accepts; the first word is the default.
const OPTIONS: [(&str, &[&str]); 5] = [
    ("on_null_route", &["error", "skip", "dead_letter"]),
    ("on_row_error", &["error", "skip", "dead_letter"]),
    ("on_missing_table", &["error", "create"]),
    ("on_conflict", &["error", "repair", "dead_letter"]),
    (DISTINCT_KEYS, &["FALSE", "TRUE"]),
];

/// The option that is TRUE or FALSE.
const DISTINCT_KEYS: &str = "distinct_keys";

impl Policies {
    /// The names of all options.
    pub fn option_names() -> impl Iterator<Item = &'static str> {
        OPTIONS.iter().map(|(name, _)| *name)
    }

    /// These policies where the options say nothing else. A wrong option is reported and ignored.
    pub fn with_options(&self, options: &[MappingOption]) -> (Self, Vec<Diagnostic>) {
        let mut policies = self.clone();
        let mut diagnostics = Vec::new();
        for (number, option) in options.iter().enumerate() {
            let name = option.name.text.to_ascii_lowercase();
            if options[..number].iter().any(|earlier| earlier.name.text.eq_ignore_ascii_case(&name)) {
                diagnostics.push(error(Code::DUPLICATE_OPTION, format!("option `{name}` is set twice"), option.name.span, None));
            } else if let Err(diagnostic) = policies.set(&name, option) {
                diagnostics.push(diagnostic);
            }
        }
        (policies, diagnostics)
    }

    /// Each option with its word, as a mapping would write it.
    pub fn words(&self) -> [(&'static str, &'static str); 5] {
        let on_missing_table = match self.on_missing_table {
            MissingTable::Error => "'error'",
            MissingTable::Create => "'create'",
        };
        let on_conflict = match self.on_conflict {
            Conflict::Error => "'error'",
            Conflict::Repair => "'repair'",
            Conflict::DeadLetter => "'dead_letter'",
        };
        [
            ("on_null_route", self.on_null_route.word()),
            ("on_row_error", self.on_row_error.word()),
            ("on_missing_table", on_missing_table),
            ("on_conflict", on_conflict),
            (DISTINCT_KEYS, if self.distinct_keys { "TRUE" } else { "FALSE" }),
        ]
    }

    fn set(&mut self, name: &str, option: &MappingOption) -> Result<(), Diagnostic> {
        let Some((_, words)) = OPTIONS.iter().find(|(known, _)| *known == name) else {
            let hint = nearest(name, OPTIONS.iter().map(|(known, _)| *known)).map(|known| format!("Did you mean `{known}`?"));
            return Err(error(Code::UNKNOWN_OPTION, format!("`{name}` is not an option of a mapping"), option.name.span, hint));
        };
        let written = match &option.value {
            OptionValue::Bool(value) if name == DISTINCT_KEYS => Some(if *value { &"TRUE" } else { &"FALSE" }),
            OptionValue::Text(_) if name == DISTINCT_KEYS => None,
            OptionValue::Text(text) => words.iter().find(|word| text.eq_ignore_ascii_case(word)),
            OptionValue::Number(_) | OptionValue::Bool(_) => None,
        };
        let Some(word) = written else {
            let quote = if name == DISTINCT_KEYS { "" } else { "'" };
            let choices = words.iter().map(|word| format!("{quote}{word}{quote}")).collect::<Vec<_>>().join(", ");
            return Err(error(Code::BAD_OPTION_VALUE, format!("option `{name}` takes one of {choices}"), option.value_span, None));
        };
        match name {
            "on_null_route" => self.on_null_route = RowPolicy::of(word),
            "on_row_error" => self.on_row_error = RowPolicy::of(word),
            DISTINCT_KEYS => self.distinct_keys = *word == "TRUE",
            "on_missing_table" => self.on_missing_table = if *word == "create" { MissingTable::Create } else { MissingTable::Error },
            _ => {
                self.on_conflict = match *word {
                    "repair" => Conflict::Repair,
                    "dead_letter" => Conflict::DeadLetter,
                    _ => Conflict::Error,
                }
            }
        }
        Ok(())
    }
}

impl RowPolicy {
    fn word(self) -> &'static str {
        match self {
            Self::Error => "'error'",
            Self::Skip => "'skip'",
            Self::DeadLetter => "'dead_letter'",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "skip" => Self::Skip,
            "dead_letter" => Self::DeadLetter,
            _ => Self::Error,
        }
    }
}

fn error(code: Code, message: String, span: Span, hint: Option<String>) -> Diagnostic {
    Diagnostic { code, severity: Severity::Error, message, span, hint }
}

#[cfg(test)]
mod tests {
    use dsl::Name;

    use super::*;

    fn option(name: &str, value: OptionValue) -> MappingOption {
        let span = Span::new(0, 1);
        MappingOption { name: Name { text: name.to_owned(), quoted: false, span }, value, value_span: Span::new(2, 3) }
    }

    #[test]
    fn a_mapping_overrides_only_what_it_names() {
        let pipeline = Policies { on_row_error: RowPolicy::Skip, ..Policies::default() };
        let (policies, diagnostics) = pipeline.with_options(&[option("on_null_route", OptionValue::Text("dead_letter".to_owned()))]);
        assert_eq!(diagnostics, []);
        assert_eq!(policies, Policies { on_null_route: RowPolicy::DeadLetter, on_row_error: RowPolicy::Skip, ..Policies::default() });
    }

    #[test]
    fn a_misspelt_option_is_told_its_neighbour() {
        let (_, diagnostics) = Policies::default().with_options(&[option("on_nul_route", OptionValue::Text("skip".to_owned()))]);
        assert_eq!(diagnostics[0].hint.as_deref(), Some("Did you mean `on_null_route`?"));
    }

    #[test]
    fn an_option_with_a_foreign_word_lists_the_words() {
        let (_, diagnostics) = Policies::default().with_options(&[option("on_missing_table", OptionValue::Bool(true))]);
        assert_eq!(diagnostics[0].message, "option `on_missing_table` takes one of 'error', 'create'");
    }

    #[test]
    fn an_option_set_twice_is_reported_once() {
        let skip = || option("on_row_error", OptionValue::Text("skip".to_owned()));
        let (_, diagnostics) = Policies::default().with_options(&[skip(), skip()]);
        assert_eq!(diagnostics.len(), 1);
    }
}

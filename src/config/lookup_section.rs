//! `[lookup.NAME]`: a small table beside the rows, in a file or on a configured server.

use std::path::Path;

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use super::{
    Config, ConfigError, Problem,
    toml_text::{Setting, TomlText},
};
use crate::{
    lookup::{Limits, LookupSource, Place, column_type},
    schema::{ColumnType, TableName},
};

const KEYS: [&str; 8] = ["file", "columns", "null", "table", "source", "target", "max_rows", "max_bytes"];

/// A lookup's section.
#[derive(Debug)]
pub(super) struct LookupSection {
    place: SectionPlace,
    limits: Limits,
}

#[derive(Debug)]
enum SectionPlace {
    File { file: Setting, columns: Option<Vec<(String, ColumnType)>>, null: String },
    Table { table: TableName, server: Setting, side: Side },
}

/// Which list of servers the name is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Source,
    Target,
}

/// The values of a section as they stand.
#[derive(Default)]
struct Read {
    file: Option<Setting>,
    columns: Option<(usize, Vec<(String, ColumnType)>)>,
    null: Option<Setting>,
    table: Option<Setting>,
    source: Option<Setting>,
    target: Option<Setting>,
    limits: Limits,
}

impl LookupSection {
    pub(super) fn read(text: &TomlText<'_>, name: &Spanned<DeString<'_>>, settings: &DeTable<'_>) -> Result<Self, ConfigError> {
        let mut read = Read::default();
        for (key, value) in settings {
            match key.get_ref().as_ref() {
                "file" => read.file = Some(text.setting(key, value)?),
                "null" => read.null = Some(text.setting(key, value)?),
                "table" => read.table = Some(text.setting(key, value)?),
                "source" => read.source = Some(text.setting(key, value)?),
                "target" => read.target = Some(text.setting(key, value)?),
                "max_rows" => read.limits.rows = number(text, key, value)?,
                "max_bytes" => read.limits.bytes = number(text, key, value)?,
                "columns" => read.columns = Some((text.line(key.span().start), columns(text, value)?)),
                other => return Err(text.error(key, Problem::unknown_key(other, &KEYS))),
            }
        }
        let limits = read.limits;
        let place = read.place().map_err(|problem| text.error(name, Problem::Lookup(problem)))?;
        if let SectionPlace::File { file, columns, null } = &place {
            let wrong = |problem: &str| Err(text.error_in(file.line, Problem::Lookup(problem.to_owned())));
            match (kind(&file.text), columns) {
                (Some(Kind::Csv), None) => return wrong("the columns of a CSV file have no types: declare them in `columns`"),
                (Some(Kind::Parquet), Some(_)) => return wrong("a Parquet file has its types: leave `columns` out"),
                (Some(Kind::Parquet), None) if !null.is_empty() => return wrong("a Parquet file knows what is NULL: leave `null` out"),
                (Some(_), _) => {}
                (None, _) => return wrong("the name of the file ends in `.csv` or `.parquet`"),
            }
        }
        Ok(Self { place, limits })
    }
}

impl Read {
    fn place(self) -> Result<SectionPlace, String> {
        match (self.file, self.table) {
            (Some(file), None) if self.source.is_none() && self.target.is_none() => Ok(SectionPlace::File {
                file,
                columns: self.columns.map(|(_, columns)| columns),
                null: self.null.map_or_else(String::new, |null| null.text),
            }),
            (None, Some(table)) if self.columns.is_none() && self.null.is_none() => {
                let (server, side) = match (self.source, self.target) {
                    (Some(server), None) => (server, Side::Source),
                    (None, Some(server)) => (server, Side::Target),
                    _ => return Err("the server of the table is named by `source` or by `target`".to_owned()),
                };
                let named =
                    table.text.split_once('.').filter(|(schema, table)| !schema.is_empty() && !table.is_empty() && !table.contains('.'));
                let (schema, name) = named.ok_or("`table` names a schema and a table: `db.t`")?;
                Ok(SectionPlace::Table { table: TableName::new(schema, name), server, side })
            }
            _ => Err("a lookup is a `file` with its `columns`, or a `table` of a `source` or `target`".to_owned()),
        }
    }
}

/// The kinds of file, by the end of the name.
enum Kind {
    Csv,
    Parquet,
}

fn kind(file: &str) -> Option<Kind> {
    let extension = Path::new(file).extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "csv" => Some(Kind::Csv),
        "parquet" => Some(Kind::Parquet),
        _ => None,
    }
}

fn number(text: &TomlText<'_>, key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) -> Result<u64, ConfigError> {
    let number = match value.get_ref() {
        DeValue::Integer(number) => number.as_str().replace('_', "").parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| text.error(value, Problem::NoNumber(key.get_ref().to_string())))
}

fn columns(text: &TomlText<'_>, value: &Spanned<DeValue<'_>>) -> Result<Vec<(String, ColumnType)>, ConfigError> {
    let Some(declared) = value.get_ref().as_table() else {
        let example = "`columns` takes names and types: `{ id = \"bigint unsigned\", shard = \"varchar(32)\" }`";
        return Err(text.error(value, Problem::Lookup(example.to_owned())));
    };
    let column = |(name, ty): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| {
        let setting = text.setting(name, ty)?;
        let read = column_type(&setting.text);
        let ty = read.map_err(|problem| text.error(ty, Problem::Lookup(format!("the type of `{}`: {problem}", name.get_ref()))))?;
        Ok((name.get_ref().to_string(), ty))
    };
    declared.iter().map(column).collect()
}

impl Config {
    /// The lookup of that name; none where none is configured.
    pub fn lookup(&self, name: &str) -> Result<Option<LookupSource>, ConfigError> {
        let (Some(section), Some(file)) = (self.lookups.get(name), &self.file) else { return Ok(None) };
        let place = match &section.place {
            SectionPlace::File { file: setting, columns, null } => {
                let at = |problem| ConfigError::File { file: file.clone(), line: setting.line, problem };
                let path = file.with_file_name("").join(self.environment.expand(&setting.text).map_err(at)?);
                match columns {
                    Some(columns) => Place::Csv { path, columns: columns.clone(), null: null.clone() },
                    None => Place::Parquet { path },
                }
            }
            SectionPlace::Table { table, server, side } => {
                let (known, kind) = match side {
                    Side::Source => (self.sources.get(&server.text).map(|section| &section.server), "source"),
                    Side::Target => (self.targets.get(&server.text), "target"),
                };
                let Some(known) = known else {
                    let problem = Problem::Lookup(format!("there is no `[{kind}.{}]`", server.text));
                    return Err(ConfigError::File { file: file.clone(), line: server.line, problem });
                };
                let endpoint = self.endpoint_of(file, known, &server.text, &[])?;
                Place::Table { table: table.clone(), server: server.text.clone(), endpoint }
            }
        };
        Ok(Some(LookupSource { name: name.to_owned(), place, limits: section.limits }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::environment::Environment;

    fn config(text: &str) -> Result<Config, ConfigError> {
        Config::parse(Path::new("conf/rowgate.toml"), text, Environment::process())
    }

    fn refused(text: &str) -> String {
        let error = config(text).expect_err("the test gives a wrong section");
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
        format!("{error}{}", cause.unwrap_or_default())
    }

    #[test]
    fn a_file_lies_beside_the_configuration() {
        let text = "[lookup.tenants]\nfile = 'tenants.csv'\nnull = 'NULL'\nmax_rows = 1_000\ncolumns = { id = 'bigint unsigned', shard = 'varchar(32)' }";
        let lookup = config(text).and_then(|config| config.lookup("tenants")).expect("the section is sound").expect("it is there");
        assert_eq!((lookup.limits.rows, lookup.limits.bytes), (1_000, 64 << 20));
        let Place::Csv { path, columns, null } = lookup.place else { unreachable!("it is a CSV file") };
        assert_eq!((path.as_path(), columns.len(), null.as_str()), (Path::new("conf/tenants.csv"), 2, "NULL"));
        assert!(config(text).and_then(|config| config.lookup("other")).expect("the section is sound").is_none());
    }

    #[test]
    fn a_table_is_on_a_configured_server() {
        let text = "[source.main]\nurl = 'mysql://a@b'\n[lookup.tenants]\ntable = 'db.t'\nsource = 'main'";
        let lookup = config(text).and_then(|config| config.lookup("tenants")).expect("the section is sound").expect("it is there");
        assert!(matches!(lookup.place, Place::Table { ref server, .. } if server == "main"), "{lookup:?}");
        let unknown = config("[lookup.x]\ntable = 'db.t'\ntarget = 'main'").and_then(|config| config.lookup("x"));
        assert!(unknown.is_err());
    }

    #[test]
    fn a_wrong_section_is_told_with_its_line() {
        let at = |line: usize, problem: &str| format!("conf/rowgate.toml:{line}: {problem}");
        assert_eq!(refused("[lookup.a]\nfile = 'a.csv'"), at(2, "the columns of a CSV file have no types: declare them in `columns`"));
        assert_eq!(refused("[lookup.a]\nfile = 'a.txt'"), at(2, "the name of the file ends in `.csv` or `.parquet`"));
        let neither = "a lookup is a `file` with its `columns`, or a `table` of a `source` or `target`";
        assert_eq!(refused("[lookup.a]\n"), at(1, neither));
        assert_eq!(refused("[lookup.a]\nfile = 'a.csv'\ntable = 'x.y'"), at(1, neither));
        assert_eq!(refused("[lookup.a]\ntable = 't'\nsource = 'x'"), at(1, "`table` names a schema and a table: `db.t`"));
        assert_eq!(refused("[lookup.a]\nfile = 'a.csv'\nmax_rows = 'x'"), at(3, "`max_rows` takes a whole number"));
        let ty = refused("[lookup.a]\nfile = 'a.csv'\ncolumns = { id = 'bigit' }");
        assert!(ty.starts_with("conf/rowgate.toml:3: the type of `id`: "), "{ty}");
        assert_eq!(refused("[lookup.a]\nfiel = 'a.csv'"), at(2, "unknown key `fiel`"));
    }
}

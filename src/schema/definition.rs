//! A table as its DDL left it: what [`TableSchema`] says, and what later ALTERs need to know besides.

use std::sync::Arc;

use super::ddl::{ColumnSpec, CreateTable, DdlError, KeyKind, KeyPart, KeySpec, Period, TableElement};
use super::{
    Collation, Column, ColumnType, Flavor, ForeignKey, IntegerWidth, ServerVersion, StatementContext, TableName, TableSchema, UniqueKey,
    resolve,
};

/// A table's definition with the memory that its next ALTER needs.
#[derive(Debug, Clone)]
pub(super) struct Definition {
    pub(super) name: TableName,
    /// The columns that the definition shows, in order.
    pub(super) columns: Vec<Column>,
    pub(super) keys: Vec<Key>,
    /// Hidden columns at the end that came with a definition from elsewhere.
    pub(super) hidden: Vec<Column>,
    /// The default of columns that name no charset.
    pub(super) collation: Collation,
    /// In upper case, where the statement named it.
    pub(super) engine: Option<String>,
    /// MariaDB adds `row_start` and `row_end` behind the columns.
    pub(super) implicit_versioning: bool,
    /// MariaDB's period of application time.
    pub(super) period: Option<Period>,
    pub(super) foreign_keys: Vec<ForeignKey>,
    /// What others see; made anew by [`Definition::publish`].
    pub(super) schema: Arc<TableSchema>,
}

/// A key of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) kind: KeyKind,
    pub(super) parts: Vec<KeyPart>,
    pub(super) hash: bool,
    /// Known to cover less than its columns' whole values, whatever the parts say.
    pub(super) partial: bool,
}

impl Definition {
    /// The table that a CREATE TABLE with a list of columns makes.
    pub(super) fn create(
        name: TableName,
        create: &CreateTable,
        schema_collation: Collation,
        context: &StatementContext,
    ) -> Result<Self, DdlError> {
        let collation = resolve::default_collation(&create.options, schema_collation, context)?;
        let mut definition = Self::empty(name, collation);
        definition.engine.clone_from(&create.options.engine);
        let mut specs = Vec::new();
        for element in &create.elements {
            if let TableElement::Column(spec) = element {
                if definition.position(&spec.name).is_some() {
                    return Err(definition.two_columns(spec));
                }
                definition.columns.push(resolve::column(spec, collation, context)?);
                specs.push(spec.as_ref());
            }
        }
        resolve::promote_timestamps(specs.iter().copied().zip(&mut definition.columns), context);
        definition.set_versioning(create.options.versioned || specs.iter().any(|spec| spec.versioned));
        let mut keys = Vec::new();
        for element in &create.elements {
            match element {
                TableElement::Column(spec) => keys.extend(inline_keys(spec, context.server)),
                TableElement::Key(key) => keys.push(key.clone()),
                TableElement::Period(period) => definition.set_period(period),
            }
        }
        definition.add_foreign_keys(&keys, &[]);
        definition.add_keys(&keys)?;
        definition.publish(context.server);
        Ok(definition)
    }

    /// Takes over a definition that another source gave.
    pub(super) fn from_schema(schema: &TableSchema, collation: Collation) -> Self {
        let mut definition = Self::empty(schema.name.clone(), collation);
        let shown = schema.columns.iter().rposition(|column| !column.is_hash()).map_or(0, |last| last + 1);
        definition.columns = schema.columns[..shown].to_vec();
        definition.hidden = schema.columns[shown..].to_vec();
        let parts = |columns: &[usize]| -> Vec<KeyPart> {
            let name = |&column: &usize| schema.columns.get(column).map(|column| column.name.clone());
            columns.iter().map(|column| KeyPart { column: name(column), prefix: None, span: 0..0 }).collect()
        };
        if !schema.primary_key.is_empty() {
            let parts = parts(&schema.primary_key);
            definition.keys.push(Key { name: "PRIMARY".into(), kind: KeyKind::Primary, parts, hash: false, partial: false });
        }
        for key in &schema.unique_keys {
            let (name, parts) = (key.name.clone(), parts(&key.columns));
            definition.keys.push(Key { name, kind: KeyKind::Unique, parts, hash: false, partial: key.partial });
        }
        // Keys that are known make their hidden columns themselves.
        let made = definition.keys.iter().filter(|key| definition.is_hashed(key, ServerVersion::MARIADB_10_11)).count();
        definition.hidden.drain(..made.min(definition.hidden.len()));
        definition.schema = Arc::new(schema.clone());
        definition
    }

    /// MariaDB's sequence: a table of one row that row events change.
    pub(super) fn sequence(name: TableName, collation: Collation) -> Self {
        let mut definition = Self::empty(name, collation);
        let integer = |name: &str, width, unsigned| Column {
            name: name.to_owned(),
            ty: ColumnType::Integer { width, unsigned },
            nullable: false,
            default: None,
            generated: false,
        };
        let signed = ["next_not_cached_value", "minimum_value", "maximum_value", "start_value", "increment"];
        definition.columns.extend(signed.map(|name| integer(name, IntegerWidth::Big, false)));
        definition.columns.push(integer("cache_size", IntegerWidth::Big, true));
        definition.columns.push(integer("cycle_option", IntegerWidth::Tiny, true));
        definition.columns.push(integer("cycle_count", IntegerWidth::Big, false));
        definition.publish(ServerVersion::MARIADB_10_11);
        definition
    }

    /// The same table under another name.
    pub(super) fn renamed(&self, name: TableName, server: ServerVersion) -> Self {
        let mut renamed = Self { name, ..self.clone() };
        renamed.rename_foreign_keys(&self.name.table);
        renamed.publish(server);
        renamed
    }

    fn empty(name: TableName, collation: Collation) -> Self {
        let schema = TableSchema { name: name.clone(), columns: Vec::new(), primary_key: Vec::new(), unique_keys: Vec::new() };
        Self {
            name,
            columns: Vec::new(),
            keys: Vec::new(),
            hidden: Vec::new(),
            collation,
            engine: None,
            implicit_versioning: false,
            period: None,
            foreign_keys: Vec::new(),
            schema: Arc::new(schema),
        }
    }

    /// Where a column stands, found as the server finds it.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| same_name(&column.name, name))
    }

    pub(super) fn has_key(&self, name: &str) -> bool {
        self.keys.iter().any(|key| same_name(&key.name, name))
    }

    /// Turns system versioning on or off; it is implicit where no column is ROW START.
    pub(super) fn set_versioning(&mut self, on: bool) {
        let explicit = self.columns.iter().any(|column| column.default.as_deref() == Some(Column::ROW_START));
        self.implicit_versioning = on && !explicit;
    }

    /// Notes a period, whose columns are NOT NULL.
    pub(super) fn set_period(&mut self, period: &Period) {
        if period.name.eq_ignore_ascii_case("SYSTEM_TIME") {
            return;
        }
        for name in [&period.start, &period.end] {
            if let Some(position) = self.position(name) {
                self.columns[position].nullable = false;
            }
        }
        self.period = Some(period.clone());
    }

    /// Adds keys in their order. A foreign key's index is left out where another index begins with its columns.
    pub(super) fn add_keys(&mut self, specs: &[KeySpec]) -> Result<(), DdlError> {
        for (index, spec) in specs.iter().enumerate() {
            let others = specs.iter().enumerate().filter(|&(other, rival)| other < index || other > index && rival.references.is_none());
            let mut rivals = self.keys.iter().map(|key| &key.parts).chain(others.map(|(_, rival)| &rival.parts));
            if spec.references.is_some() && rivals.any(|parts| begins_with(parts, &spec.parts)) {
                continue;
            }
            self.add_key(spec)?;
        }
        Ok(())
    }

    /// Adds a key, and names it as the server does where it has no name.
    fn add_key(&mut self, spec: &KeySpec) -> Result<(), DdlError> {
        for part in &spec.parts {
            if let Some(column) = part.column.as_ref().filter(|column| self.position(column).is_none()) {
                return Err(self.no_column(column, part.span.clone()));
            }
        }
        if spec.if_not_exists && spec.name.as_ref().is_some_and(|name| self.has_key(name)) {
            return Ok(());
        }
        let name = match (spec.kind, &spec.name) {
            (KeyKind::Primary, _) => "PRIMARY".to_owned(),
            (KeyKind::Unique | KeyKind::Plain, Some(name)) => name.clone(),
            (KeyKind::Unique | KeyKind::Plain, None) => self.unused_key_name(&spec.parts),
        };
        let mut parts = spec.parts.clone();
        if let (Some(_), Some(period)) = (&spec.period, &self.period) {
            let part = |column: &String| KeyPart { column: Some(column.clone()), prefix: None, span: 0..0 };
            parts.extend([part(&period.end), part(&period.start)]);
        }
        self.keys.push(Key { name, kind: spec.kind, parts, hash: spec.hash, partial: false });
        Ok(())
    }

    fn unused_key_name(&self, parts: &[KeyPart]) -> String {
        let first = match parts.first().and_then(|part| part.column.as_ref()) {
            Some(column) => self.position(column).map_or(column, |position| &self.columns[position].name).as_str(),
            None => "functional_index",
        };
        let free = |name: &str| !self.has_key(name) && !name.eq_ignore_ascii_case("PRIMARY");
        let numbered = || (2..).map(|number| format!("{first}_{number}")).find(|name| free(name));
        if free(first) { first.to_owned() } else { numbered().unwrap_or_default() }
    }

    /// Makes [`Definition::schema`] from the rest.
    pub(super) fn publish(&mut self, server: ServerVersion) {
        let primary: Vec<String> = self.primary_columns();
        for column in &mut self.columns {
            column.nullable &= !primary.iter().any(|name| same_name(name, &column.name));
        }
        let mut columns = self.columns.clone();
        if self.implicit_versioning {
            columns.push(row_time("row_start", Column::ROW_START));
            columns.push(row_time("row_end", Column::ROW_END));
        }
        let hashes = self.keys.iter().filter(|key| self.is_hashed(key, server)).count();
        columns.extend((1..=hashes).map(hash_column));
        columns.extend(self.hidden.iter().cloned());
        let mut schema = TableSchema { name: self.name.clone(), columns, primary_key: Vec::new(), unique_keys: Vec::new() };
        for key in &self.keys {
            let positions = key.parts.iter().filter_map(|part| self.position(part.column.as_deref()?)).collect();
            match key.kind {
                KeyKind::Primary => schema.primary_key = positions,
                KeyKind::Unique => {
                    schema.unique_keys.push(UniqueKey { name: key.name.clone(), columns: positions, partial: self.is_partial(key) });
                }
                KeyKind::Plain => {}
            }
        }
        self.schema = Arc::new(schema);
    }

    fn primary_columns(&self) -> Vec<String> {
        let primary = self.keys.iter().filter(|key| key.kind == KeyKind::Primary);
        primary.flat_map(|key| key.parts.iter().filter_map(|part| part.column.clone())).collect()
    }

    fn is_partial(&self, key: &Key) -> bool {
        key.partial || key.parts.iter().any(|part| part.column.is_none() || part.prefix.is_some_and(|prefix| self.cuts(part, prefix)))
    }

    /// Whether a prefix is shorter than its column.
    fn cuts(&self, part: &KeyPart, prefix: u32) -> bool {
        let column = part.column.as_ref().and_then(|name| self.position(name)).map(|position| &self.columns[position].ty);
        match column {
            Some(ColumnType::Char { length, .. } | ColumnType::Varchar { length, .. }) => prefix < *length,
            Some(ColumnType::Binary { length } | ColumnType::Varbinary { length }) => prefix < *length,
            Some(ColumnType::Text { .. } | ColumnType::Blob { .. } | ColumnType::Geometry) => true,
            // A key that outlived a change of its column's type covers all of it.
            Some(_) | None => false,
        }
    }

    /// Whether MariaDB keeps a unique key as a hash of its columns in a hidden column, which row images carry: where it is
    /// asked to, and where the columns are longer than an index holds.
    fn is_hashed(&self, key: &Key, server: ServerVersion) -> bool {
        if key.kind != KeyKind::Unique || !server.is_mariadb_from(100_400) || server.flavor != Flavor::MariaDb {
            return false;
        }
        let longest = match self.engine.as_deref() {
            Some("MYISAM") => 1000,
            _ => 3072,
        };
        let lengths: Vec<u64> = key.parts.iter().map(|part| self.key_length(part)).collect();
        key.hash || lengths.iter().any(|&length| length > longest) || lengths.iter().sum::<u64>() > longest
    }

    /// In bytes, at most.
    fn key_length(&self, part: &KeyPart) -> u64 {
        let Some(position) = part.column.as_ref().and_then(|name| self.position(name)) else { return 0 };
        let (length, width) = match &self.columns[position].ty {
            ColumnType::Char { length, collation } | ColumnType::Varchar { length, collation } => {
                (u64::from(*length), collation.charset().max_bytes_per_char())
            }
            ColumnType::Text { collation, .. } => (u64::from(u32::MAX), collation.charset().max_bytes_per_char()),
            ColumnType::Binary { length } | ColumnType::Varbinary { length } => (u64::from(*length), 1),
            ColumnType::Blob { .. } | ColumnType::Geometry => (u64::from(u32::MAX), 1),
            _ => (8, 1),
        };
        part.prefix.map_or(length, |prefix| length.min(prefix.into())) * u64::from(width)
    }

    pub(super) fn no_column(&self, column: &str, span: std::ops::Range<usize>) -> DdlError {
        DdlError::NoColumn { table: self.name.to_string(), column: column.to_owned(), span }
    }

    pub(super) fn two_columns(&self, spec: &ColumnSpec) -> DdlError {
        DdlError::TwoColumns { table: self.name.to_string(), column: spec.name.clone(), span: spec.span.clone() }
    }
}

/// The keys that a column's attributes ask for.
pub(super) fn inline_keys(spec: &ColumnSpec, server: ServerVersion) -> impl Iterator<Item = KeySpec> {
    let references = spec.references.as_ref().filter(|_| server.has_inline_references());
    let kinds =
        [(spec.primary, KeyKind::Primary, None), (spec.unique, KeyKind::Unique, None), (references.is_some(), KeyKind::Plain, references)];
    kinds.into_iter().filter(|(wanted, ..)| *wanted).map(|(_, kind, references)| KeySpec {
        kind,
        name: references.and_then(|references| references.constraint.clone()),
        parts: vec![KeyPart { column: Some(spec.name.clone()), prefix: None, span: spec.span.clone() }],
        hash: false,
        period: None,
        if_not_exists: false,
        references: references.cloned(),
    })
}

/// Whether an index begins with these columns.
fn begins_with(index: &[KeyPart], columns: &[KeyPart]) -> bool {
    let same = |(left, right): (&KeyPart, &KeyPart)| match (&left.column, &right.column) {
        (Some(left_name), Some(right_name)) => same_name(left_name, right_name) && left.prefix.is_none(),
        _ => false,
    };
    index.len() >= columns.len() && index.iter().zip(columns).all(same)
}

/// Whether two names of columns or keys are the same to the server.
pub(super) fn same_name(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right) || left.to_lowercase() == right.to_lowercase()
}

fn row_time(name: &str, clause: &str) -> Column {
    let ty = ColumnType::Timestamp { fsp: 6 };
    Column { name: name.to_owned(), ty, nullable: false, default: Some(clause.to_owned()), generated: true }
}

fn hash_column(number: usize) -> Column {
    let ty = ColumnType::Integer { width: IntegerWidth::Big, unsigned: true };
    Column { name: format!("{}{number}", Column::HASH_PREFIX), ty, nullable: true, default: None, generated: true }
}

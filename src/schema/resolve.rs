//! From columns as written to columns as the server makes them: charsets, widths, implicit NOT NULL.

use super::ddl::{CharsetSpec, ColumnSpec, DdlError, Generation, TableOptions, TypeSpec};
use super::{Collation, Column, ColumnType, Flavor, IntegerWidth, StatementContext, TextWidth};

/// The most bytes of a VARCHAR; a longer one becomes a TEXT where `sql_mode` allows it.
const MAX_VARCHAR_BYTES: u64 = 65_535;

/// The collation that options of a table or schema say; `inherited` where they say nothing.
pub(super) fn default_collation(options: &TableOptions, inherited: Collation, context: &StatementContext) -> Result<Collation, DdlError> {
    let charset = options.charset.map(|charset| charset.unwrap_or(inherited.charset()));
    match (&options.collation, charset) {
        (Some(collation), charset) => collation.resolve(charset, inherited.charset(), context),
        (None, Some(_)) if options.charset == Some(None) => Ok(inherited),
        (None, Some(charset)) => Ok(context.default_collation(charset)),
        (None, None) => Ok(inherited),
    }
}

/// The column that the server makes of a definition in a table of this default collation.
pub(super) fn column(spec: &ColumnSpec, table: Collation, context: &StatementContext) -> Result<Column, DdlError> {
    let collation = column_collation(&spec.charset, table, context)?;
    let ty = column_type(&spec.ty, collation, context.server.flavor);
    let implicit_timestamp = matches!(ty, ColumnType::Timestamp { .. }) && !context.explicit_timestamps();
    let (generated, default, never_null) = match &spec.generation {
        Generation::None => (false, spec.default.clone(), spec.auto_increment || implicit_timestamp),
        Generation::Expression(clause) => (true, Some(clause.clone()), false),
        Generation::RowStart => (true, Some(Column::ROW_START.to_owned()), true),
        Generation::RowEnd => (true, Some(Column::ROW_END.to_owned()), true),
    };
    let nullable = spec.nullable.unwrap_or(!never_null) && !spec.primary;
    Ok(Column { name: spec.name.clone(), ty, nullable, default, generated })
}

/// Gives TIMESTAMP columns of a statement the defaults they have without `explicit_defaults_for_timestamp`.
pub(super) fn promote_timestamps<'a>(columns: impl Iterator<Item = (&'a ColumnSpec, &'a mut Column)>, context: &StatementContext) {
    if context.explicit_timestamps() {
        return;
    }
    let mut first = true;
    for (spec, column) in columns {
        let plain = matches!(column.ty, ColumnType::Timestamp { .. }) && !column.nullable && !column.generated;
        if plain && column.default.is_none() && !spec.on_update {
            column.default = Some(if first { "CURRENT_TIMESTAMP" } else { "'0000-00-00 00:00:00'" }.to_owned());
        }
        first &= !plain;
    }
}

/// The type in another charset, as CONVERT TO CHARACTER SET leaves it: bytes stay bytes.
pub(super) fn convert(ty: &ColumnType, to: Collation, flavor: Flavor) -> ColumnType {
    if ty.collation().is_none_or(Collation::is_binary) {
        return ty.clone();
    }
    let spec = match ty {
        ColumnType::Char { length, .. } => TypeSpec::Char { length: *length },
        ColumnType::Varchar { length, .. } => TypeSpec::Varchar { length: *length },
        ColumnType::Enum { labels, .. } => TypeSpec::Enum(labels.clone()),
        ColumnType::Set { labels, .. } => TypeSpec::Set(labels.clone()),
        // The server counts characters: as many as the old width surely held must fit.
        ColumnType::Text { width, collation } => {
            let characters = width.max_bytes() / u64::from(collation.charset().max_bytes_per_char());
            TypeSpec::Text(TextWidth::for_bytes(characters * u64::from(to.charset().max_bytes_per_char())))
        }
        other => return other.clone(),
    };
    column_type(&spec, to, flavor)
}

fn column_collation(spec: &CharsetSpec, table: Collation, context: &StatementContext) -> Result<Collation, DdlError> {
    match (&spec.collation, spec.charset) {
        (Some(collation), charset) => collation.resolve(charset, table.charset(), context),
        (None, charset) if spec.binary => Ok(charset.unwrap_or(table.charset()).bin_collation()),
        (None, Some(charset)) => Ok(context.default_collation(charset)),
        (None, None) => Ok(table),
    }
}

fn column_type(spec: &TypeSpec, collation: Collation, flavor: Flavor) -> ColumnType {
    let bytes = |length: u32| u64::from(length) * u64::from(collation.charset().max_bytes_per_char());
    let binary = collation.is_binary();
    let text = |width| if binary { ColumnType::Blob { width } } else { ColumnType::Text { width, collation } };
    match spec {
        TypeSpec::Plain(ColumnType::Json) if flavor == Flavor::MariaDb => {
            ColumnType::Text { width: TextWidth::Long, collation: Collation::UTF8MB4_BIN }
        }
        TypeSpec::Plain(ColumnType::Varbinary { length }) if u64::from(*length) > MAX_VARCHAR_BYTES => {
            ColumnType::Blob { width: TextWidth::for_bytes((*length).into()) }
        }
        TypeSpec::Plain(ty) => ty.clone(),
        TypeSpec::Serial => ColumnType::Integer { width: IntegerWidth::Big, unsigned: true },
        &TypeSpec::Char { length } if binary => ColumnType::Binary { length },
        &TypeSpec::Char { length } => ColumnType::Char { length, collation },
        &TypeSpec::Varchar { length } if bytes(length) > MAX_VARCHAR_BYTES => text(TextWidth::for_bytes(bytes(length))),
        &TypeSpec::Varchar { length } if binary => ColumnType::Varbinary { length },
        &TypeSpec::Varchar { length } => ColumnType::Varchar { length, collation },
        &TypeSpec::Text(width) => text(width),
        &TypeSpec::SizedText(length) => text(TextWidth::for_bytes(bytes(length))),
        TypeSpec::Enum(labels) => ColumnType::Enum { labels: stored_labels(labels, binary), collation },
        TypeSpec::Set(labels) => ColumnType::Set { labels: stored_labels(labels, binary), collation },
    }
}

/// Labels lose their trailing spaces, but for binary ones.
fn stored_labels(labels: &[String], binary: bool) -> Vec<String> {
    labels.iter().map(|label| if binary { label.as_str() } else { label.trim_end_matches(' ') }.to_owned()).collect()
}

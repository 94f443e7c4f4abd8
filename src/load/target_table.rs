//! The definition of a target table that a mapping's rows fit into, for `on_missing_table = 'create'`.

use super::literal::write_name;
use crate::{
    mapping::{Place, TargetColumn, TargetLayout},
    schema::{Column, ColumnType, Flavor, TableName, TableSchema, UniqueKey},
};

/// CREATE DATABASE and CREATE TABLE, both IF NOT EXISTS, for the family of servers that has all types and collations of the
/// columns; most tables are read alike by both.
///
/// The mapping's key becomes the primary key, or a unique one where a part of it may be NULL. Other keys of the source are
/// left out: rows of several source tables may meet here.
pub(super) fn create_statements(layout: &TargetLayout, place: &Place) -> String {
    let mut statements = String::from("CREATE DATABASE IF NOT EXISTS ");
    write_name(&place.schema, &mut statements);
    statements.push_str(";\n");
    let definition = definition(layout, place);
    let dialect = if definition.columns.iter().all(|column| is_known_to_mysql(&column.ty)) { Flavor::MySql } else { Flavor::MariaDb };
    statements.push_str(&definition.create_statement(dialect, true));
    statements.push_str(";\n");
    statements
}

fn is_known_to_mysql(ty: &ColumnType) -> bool {
    let only_mariadb = matches!(ty, ColumnType::Uuid | ColumnType::Inet4 | ColumnType::Inet6);
    !only_mariadb && ty.collation().is_none_or(|collation| collation.name_on(Flavor::MySql).is_some())
}

fn definition(layout: &TargetLayout, place: &Place) -> TableSchema {
    let key = layout.key.clone();
    let whole = key.iter().all(|&column| !layout.columns[column].nullable);
    let unique = UniqueKey { name: "mapping_key".to_owned(), columns: key.clone(), partial: false };
    TableSchema {
        name: TableName::new(&*place.schema, &*place.table),
        columns: layout.columns.iter().map(|target| column(layout, target)).collect(),
        unique_keys: if whole || key.is_empty() { Vec::new() } else { vec![unique] },
        primary_key: if whole { key } else { Vec::new() },
    }
}

/// A column that is passed on keeps its definition under its target name; a computed one has no default.
fn column(layout: &TargetLayout, target: &TargetColumn) -> Column {
    let TargetColumn { name, ty, nullable, .. } = target;
    match target.source {
        Some(source) => Column { name: name.clone(), ..layout.source.columns[source].clone() },
        None => Column { name: name.clone(), ty: ty.clone(), nullable: *nullable, default: None, generated: false },
    }
}

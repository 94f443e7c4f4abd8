//! The columns of a table of row images: where each row comes from, and the table's own over all its definitions in the capture.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::{origin::Origin, value::value_type};
use crate::schema::{TableName, TableSchema};

/// The columns of `schema.table` in a question.
#[derive(Debug)]
pub(super) struct ImageLayout {
    pub(super) name: TableName,
    pub(super) schema: SchemaRef,
    columns: Vec<LayoutColumn>,
}

/// What a column shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LayoutColumn {
    /// Where the row comes from.
    Origin(Origin),
    /// The table's column of this name; NULL in versions without it.
    Own(String),
}

impl ImageLayout {
    /// Lays out a table that had these definitions, in the order of the capture.
    ///
    /// The columns have the order of the last definition; those it dropped come after. A column whose type changed takes
    /// the number type that holds both, else text.
    pub(super) fn new(name: TableName, versions: &[Arc<TableSchema>]) -> Self {
        let mut own: Vec<(String, DataType)> = Vec::new();
        for column in versions.iter().rev().flat_map(|version| &version.columns) {
            let ty = value_type(&column.ty);
            match own.iter_mut().find(|(known, _)| same_name(known, &column.name)) {
                Some((_, known)) => *known = common_type(known, &ty),
                None => own.push((column.name.clone(), ty)),
            }
        }
        let mut fields = Vec::new();
        let mut columns = Vec::new();
        for origin in Origin::OF_IMAGES {
            fields.push(origin.field(free_name(origin.name(), &own)));
            columns.push(LayoutColumn::Origin(origin));
        }
        for (name, ty) in own {
            // An image may lack any column (MINIMAL), so each may be NULL.
            fields.push(Field::new(&name, ty, true));
            columns.push(LayoutColumn::Own(name));
        }
        Self { name, schema: Arc::new(Schema::new(fields)), columns }
    }

    /// What the column at `index` of the schema shows.
    pub(super) fn column(&self, index: usize) -> &LayoutColumn {
        &self.columns[index]
    }
}

/// The name, with as many underscores before it as make it differ from every column of the table.
fn free_name(name: &str, own: &[(String, DataType)]) -> String {
    let mut free = name.to_owned();
    while own.iter().any(|(own, _)| same_name(own, &free)) {
        free.insert(0, '_');
    }
    free
}

fn same_name(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

/// The narrowest type that holds every value of both exactly; text where there is none.
fn common_type(one: &DataType, other: &DataType) -> DataType {
    if one == other {
        return one.clone();
    }
    match (digits(one), digits(other)) {
        (Some(one), Some(other)) => one.union(other).data_type(),
        _ if one.is_floating() && other.is_floating() => DataType::Float64,
        _ => DataType::Utf8,
    }
}

/// The numbers that an exact number type holds.
#[derive(Debug, Clone, Copy)]
struct Digits {
    /// Before the point.
    whole: u8,
    /// After the point.
    fraction: u8,
    /// The bits of an integer type.
    integer: Option<Integer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Integer {
    bits: u8,
    signed: bool,
}

fn digits(ty: &DataType) -> Option<Digits> {
    let integer = |bits, signed, whole| Some(Digits { whole, fraction: 0, integer: Some(Integer { bits, signed }) });
    match ty {
        DataType::Int8 => integer(8, true, 3),
        DataType::Int16 => integer(16, true, 5),
        DataType::Int32 => integer(32, true, 10),
        DataType::Int64 => integer(64, true, 19),
        DataType::UInt8 => integer(8, false, 3),
        DataType::UInt16 => integer(16, false, 5),
        DataType::UInt32 => integer(32, false, 10),
        DataType::UInt64 => integer(64, false, 20),
        DataType::Decimal128(precision, scale) | DataType::Decimal256(precision, scale) => {
            let fraction = u8::try_from(*scale).ok()?;
            Some(Digits { whole: precision.checked_sub(fraction)?, fraction, integer: None })
        }
        _ => None,
    }
}

impl Digits {
    fn union(self, other: Self) -> Self {
        let integer = match (self.integer, other.integer) {
            (Some(one), Some(other)) => one.union(other),
            _ => None,
        };
        Self { whole: self.whole.max(other.whole), fraction: self.fraction.max(other.fraction), integer }
    }

    fn data_type(self) -> DataType {
        match (self.integer, self.whole + self.fraction) {
            (Some(Integer { bits: 8, signed: true }), _) => DataType::Int8,
            (Some(Integer { bits: 16, signed: true }), _) => DataType::Int16,
            (Some(Integer { bits: 32, signed: true }), _) => DataType::Int32,
            (Some(Integer { signed: true, .. }), _) => DataType::Int64,
            (Some(Integer { bits: 8, .. }), _) => DataType::UInt8,
            (Some(Integer { bits: 16, .. }), _) => DataType::UInt16,
            (Some(Integer { bits: 32, .. }), _) => DataType::UInt32,
            (Some(Integer { .. }), _) => DataType::UInt64,
            (None, precision @ 0..=38) => DataType::Decimal128(precision, self.fraction as i8),
            (None, precision @ 39..=76) => DataType::Decimal256(precision, self.fraction as i8),
            (None, _) => DataType::Utf8,
        }
    }
}

impl Integer {
    /// The integer type that holds both; none for BIGINT together with BIGINT UNSIGNED.
    fn union(self, other: Self) -> Option<Self> {
        if self.signed == other.signed {
            return Some(Self { bits: self.bits.max(other.bits), signed: self.signed });
        }
        let (signed, unsigned) = if self.signed { (self, other) } else { (other, self) };
        let bits = signed.bits.max(unsigned.bits.saturating_mul(2));
        (bits <= 64).then_some(Self { bits, signed: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Charset, Column, ColumnType, IntegerWidth};

    fn table(columns: &[(&str, ColumnType)]) -> Arc<TableSchema> {
        let column = |(name, ty): &(&str, ColumnType)| Column {
            name: (*name).to_owned(),
            ty: ty.clone(),
            nullable: true,
            default: None,
            generated: false,
        };
        let name = TableName::new("shop", "orders");
        Arc::new(TableSchema { name, columns: columns.iter().map(column).collect(), primary_key: vec![], unique_keys: vec![] })
    }

    fn layout(versions: &[Arc<TableSchema>]) -> Vec<(String, DataType)> {
        let layout = ImageLayout::new(TableName::new("shop", "orders"), versions);
        let fields = layout.schema.fields().iter();
        fields.map(|field| (field.name().clone(), field.data_type().clone())).collect()
    }

    const INT: ColumnType = ColumnType::Integer { width: IntegerWidth::Int, unsigned: false };
    const BIGINT_UNSIGNED: ColumnType = ColumnType::Integer { width: IntegerWidth::Big, unsigned: true };

    #[test]
    fn an_origin_column_makes_way_for_a_column_of_the_table() {
        let names: Vec<String> = layout(&[table(&[("Row", INT), ("_row", INT), ("op", INT)])]).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["side", "_op", "position", "__row", "gtid", "time", "transaction", "line", "absent", "Row", "_row", "op"]);
    }

    #[test]
    fn columns_have_the_order_of_the_last_definition_and_dropped_ones_follow() {
        let versions = [table(&[("a", INT), ("gone", INT), ("b", INT)]), table(&[("b", INT), ("new", INT), ("A", INT)])];
        let own: Vec<String> = layout(&versions).into_iter().skip(9).map(|(name, _)| name).collect();
        assert_eq!(own, ["b", "new", "A", "gone"]);
    }

    #[test]
    fn a_column_that_changed_its_type_takes_the_number_type_that_holds_both_else_text() {
        let latin1 = ColumnType::Varchar { length: 9, collation: Charset::LATIN1.bin_collation() };
        let decimal = |precision, scale| ColumnType::Decimal { precision, scale, unsigned: false };
        let small = ColumnType::Integer { width: IntegerWidth::Small, unsigned: true };
        for (one, other, both) in [
            (INT, INT, DataType::Int32),
            (INT, small, DataType::Int32),
            (INT, BIGINT_UNSIGNED, DataType::Decimal128(20, 0)),
            (INT, decimal(9, 4), DataType::Decimal128(14, 4)),
            (decimal(65, 0), decimal(30, 30), DataType::Utf8),
            (decimal(40, 10), INT, DataType::Decimal256(40, 10)),
            (ColumnType::Float, ColumnType::Double, DataType::Float64),
            (ColumnType::Double, INT, DataType::Utf8),
            (latin1.clone(), INT, DataType::Utf8),
            (latin1.clone(), ColumnType::Date, DataType::Utf8),
            (ColumnType::Blob { width: crate::schema::TextWidth::Tiny }, latin1, DataType::Utf8),
        ] {
            let versions = [table(&[("c", one.clone())]), table(&[("c", other.clone())])];
            assert_eq!(layout(&versions)[9].1, both, "{one:?} and {other:?}");
        }
    }
}

//! What a history's tables look like, at the source and at the target.

use std::{fmt, sync::Arc};

use super::{
    Dice,
    hearing::Hearing,
    history::{ID, LOOSE, R, U, W},
};
use crate::{
    mysql::{IndexPart, TargetDefinition, UniqueIndex},
    schema::{Collation, Column, ColumnType, IntegerWidth, TableName, TableSchema},
};

/// A value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Cell {
    Null,
    Number(i64),
    Text(String),
}

/// What the mappings say a row's key is, and what the target's primary key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Keys {
    /// Both are `id`.
    Id,
    /// Both are `r, id`.
    RouteAndId,
    /// The mapping says `r, id`, the primary key is `id`.
    RouteAndIdOverId,
}

/// The choices behind a history.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    /// Keys are padded texts without case.
    pub(super) is_caseless: bool,
    /// Two source tables feed the target's.
    pub(super) is_merged: bool,
    /// Rows may go from one source table to the other.
    pub(super) has_shared_rows: bool,
    /// The second source table has a narrower key.
    pub(super) has_narrow_key: bool,
    /// `binlog_row_image = MINIMAL`.
    pub(super) is_partial: bool,
    pub(super) keys: Keys,
    /// Columns with a unique index besides.
    pub(super) unique: Vec<usize>,
    /// The target has a column that no mapping writes.
    pub(super) has_own_column: bool,
    pub(super) hearing: Hearing,
    pub(super) transactions: usize,
}

impl Shape {
    /// Any shape of so many transactions.
    pub(super) fn random(transactions: usize, dice: &mut Dice) -> Self {
        let is_partial = dice.chance(25);
        let keys = dice.pick(&[Keys::Id, Keys::Id, Keys::RouteAndId, Keys::RouteAndIdOverId]);
        let (is_caseless, is_merged) = (dice.chance(40), dice.chance(50));
        let has_shared_rows = is_merged && dice.chance(50);
        let unique = dice.pick(&[vec![], vec![U], vec![U, W]]);
        // A row that an event mapping left behind may be in the way of another only where something else than its key is unique.
        let may_hear_less = !is_partial && keys != Keys::RouteAndIdOverId && unique.is_empty();
        let hearing = if may_hear_less {
            dice.pick(&[Hearing::Everything, Hearing::NoDeletes, Hearing::NoInserts, Hearing::OfU])
        } else {
            Hearing::Everything
        };
        Self {
            is_caseless,
            is_merged,
            has_shared_rows,
            has_narrow_key: has_shared_rows && !is_caseless && dice.chance(50),
            is_partial,
            keys: if is_partial { Keys::Id } else { keys },
            unique,
            has_own_column: dice.chance(20),
            hearing,
            transactions,
        }
    }

    /// Whether a unique index takes the values for one.
    pub(super) fn same(&self, left: &Cell, right: &Cell) -> bool {
        self.seen(left) == self.seen(right)
    }

    /// A value as indexes see it.
    pub(super) fn seen(&self, cell: &Cell) -> Cell {
        match cell {
            Cell::Text(text) if self.is_caseless => Cell::Text(text.trim_end_matches(' ').to_ascii_lowercase()),
            cell => cell.clone(),
        }
    }

    /// Keys that rows of a source table may have.
    pub(super) fn ids(&self, table: usize) -> Vec<Cell> {
        match (self.is_caseless, self.pool(table)) {
            (true, 0) => texts(&["a", "A", "b", "B", "a "]),
            (true, _) => texts(&["x", "X", "y"]),
            (false, 0) => (0..4).map(Cell::Number).collect(),
            (false, _) => (10..13).map(Cell::Number).collect(),
        }
    }

    /// Values of `u`.
    pub(super) fn texts(&self, table: usize) -> Vec<Cell> {
        let mut cells = texts(match (self.is_caseless, self.pool(table)) {
            (true, 0) => &["p", "P", "q", "q "],
            (true, _) => &["s", "S"],
            (false, 0) => &["p", "q", "r"],
            (false, _) => &["s", "t"],
        });
        cells.push(Cell::Null);
        cells
    }

    /// Values of `w`.
    pub(super) fn numbers(&self, table: usize) -> [Cell; 3] {
        let first = 2 * self.pool(table) as i64 + 1;
        [Cell::Number(first), Cell::Number(first + 1), Cell::Null]
    }

    /// Where the values of a source table come from.
    fn pool(&self, table: usize) -> usize {
        if self.has_shared_rows { 0 } else { table }
    }

    /// The definition of a source table.
    pub(super) fn source(&self, table: usize) -> Arc<TableSchema> {
        let primary_key = if table == LOOSE { Vec::new() } else { vec![ID] };
        let name = TableName::new("s", ["t0", "t1", "n"][table]);
        let mut columns = self.columns(table == LOOSE);
        if self.has_narrow_key && table == 1 {
            columns[ID].ty = integer(IntegerWidth::Int);
        }
        Arc::new(TableSchema { name, columns, primary_key, unique_keys: Vec::new() })
    }

    /// The columns of each unique index of a target table; the primary key is the first.
    pub(super) fn indexes(&self, table: &str) -> Vec<Vec<usize>> {
        if is_loose(table) {
            return Vec::new();
        }
        let primary = match self.keys {
            Keys::Id | Keys::RouteAndIdOverId => vec![ID],
            Keys::RouteAndId => vec![R, ID],
        };
        std::iter::once(primary).chain(self.unique.iter().map(|&column| vec![column])).collect()
    }

    /// The definition of a target table.
    pub(super) fn target(&self, table: &str) -> TargetDefinition {
        let mut columns = self.columns(is_loose(table));
        if self.has_own_column && !is_loose(table) {
            columns.push(column("own", integer(IntegerWidth::Int), true));
        }
        let indexes = self.indexes(table);
        let part = |&column: &usize| IndexPart { column: Some(column), prefix_chars: None, descending: false };
        let unique_index = |(number, columns): (usize, &Vec<usize>)| UniqueIndex {
            name: if number == 0 { "PRIMARY".to_owned() } else { format!("unique_{number}") },
            primary: number == 0,
            parts: columns.iter().map(part).collect(),
        };
        TargetDefinition {
            traits: vec![Default::default(); columns.len()],
            engine: "InnoDB".to_owned(),
            transactional: true,
            system_versioned: false,
            unique_indexes: indexes.iter().enumerate().map(unique_index).collect(),
            triggers: Some(Vec::new()),
            cascades: Vec::new(),
            table: TableSchema {
                name: TableName::new("d", table),
                columns,
                primary_key: indexes.first().cloned().unwrap_or_default(),
                unique_keys: Vec::new(),
            },
        }
    }

    fn columns(&self, is_loose: bool) -> Vec<Column> {
        let collation = if self.is_caseless { Collation::UTF8MB4_GENERAL_CI } else { Collation::UTF8MB4_BIN };
        let text = ColumnType::Varchar { length: 20, collation };
        let number = || integer(IntegerWidth::Big);
        if is_loose {
            return vec![column("r", number(), false), column("x", number(), false)];
        }
        vec![
            column("id", if self.is_caseless { text.clone() } else { number() }, false),
            column("u", text, true),
            column("w", number(), true),
            column("r", number(), false),
            column("f", number(), false),
            column("v", number(), false),
        ]
    }
}

fn is_loose(table: &str) -> bool {
    table.starts_with('n')
}

fn column(name: &str, ty: ColumnType, nullable: bool) -> Column {
    Column { name: name.to_owned(), ty, nullable, default: None, generated: false }
}

fn integer(width: IntegerWidth) -> ColumnType {
    ColumnType::Integer { width, unsigned: false }
}

fn texts(texts: &[&str]) -> Vec<Cell> {
    texts.iter().map(|&text| Cell::Text(text.to_owned())).collect()
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => write!(f, "'{text}'"),
        }
    }
}

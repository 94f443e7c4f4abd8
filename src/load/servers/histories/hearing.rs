//! Which changes of a history its mapping lets through, and what a target then holds: each that passes is applied by itself.

use super::{
    Cell, History, Keys, Shape,
    history::{Contents, Edit, F, ID, Image, LOOSE, R, Row, U, place},
};

/// What the mapping of the tables with a key hears of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Hearing {
    /// Everything: it is a view.
    Everything,
    /// No DELETE.
    NoDeletes,
    /// No INSERT.
    NoInserts,
    /// Changes of `u`.
    OfU,
}

impl Hearing {
    /// `WHEN`, and `FOR`.
    pub(super) fn clauses(self) -> (&'static str, &'static str) {
        match self {
            Self::Everything => ("", ""),
            Self::NoDeletes => ("", "FOR INSERT, UPDATE"),
            Self::NoInserts => ("", "FOR UPDATE, DELETE"),
            Self::OfU => ("WHEN NOT before.u <=> after.u", ""),
        }
    }

    fn hears(self, edit: &Edit, shape: &Shape) -> bool {
        let u = |image: &Option<Image>| image.as_ref().map_or(Cell::Null, |image| image.row[U].clone());
        match self {
            Self::Everything => true,
            Self::NoDeletes => edit.after.is_some(),
            Self::NoInserts => edit.before.is_some(),
            Self::OfU => !shape.same(&u(&edit.before), &u(&edit.after)),
        }
    }
}

impl History {
    /// What the changes of so many transactions that pass have left of tables with a key on one server.
    pub(super) fn left_by_events(&self, transactions: usize, server: i64) -> Contents {
        let mut contents = Contents::new();
        let heard = self.transactions[..transactions]
            .iter()
            .flatten()
            .filter(|edit| edit.table != LOOSE && self.shape.hearing.hears(edit, &self.shape));
        for edit in heard {
            for (image, is_after) in edit.before.iter().map(|image| (image, false)).chain(edit.after.iter().map(|image| (image, true))) {
                let (at, table) = self.place_of(&image.row);
                if at != server || image.row[F] != Cell::Number(1) {
                    continue;
                }
                let rows = contents.entry(format!("t{table}")).or_default();
                rows.retain(|row| !self.is_same_key(row, &image.row));
                if is_after {
                    rows.push(image.row.clone());
                }
            }
        }
        contents.retain(|_, rows| !rows.is_empty());
        contents
    }

    fn place_of(&self, row: &Row) -> (i64, i64) {
        let (server, table) = place(&row[R]);
        if self.shape.keys == Keys::Id { (server, table) } else { (server, 0) }
    }

    fn is_same_key(&self, left: &Row, right: &Row) -> bool {
        self.shape.same(&left[ID], &right[ID]) && (self.shape.keys == Keys::Id || left[R] == right[R])
    }
}

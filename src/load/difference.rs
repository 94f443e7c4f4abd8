//! What becomes of a row under two mappings: the same, another place, another value.

use crate::{
    change::{Change, Images},
    columnar,
    mapping::{CompiledMapping, Place, Places, RoutedBatch, Transition},
};

/// How a row differs under new rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Difference {
    /// It is at another server, schema, table or key.
    Moved,
    /// It is there, and was not.
    Appears,
    /// It was there, and is not.
    Vanishes,
    /// It is where it was, with another value.
    Changed,
    /// It cannot be evaluated or routed, and could.
    Fails,
    /// It could not be evaluated or routed, and can.
    Mended,
}

/// Where a row image is under a mapping.
#[derive(Debug, Clone, Copy)]
pub enum Whereabouts<'a> {
    /// Nowhere: the mapping does not take it.
    Outside,
    /// In a target table.
    Inside {
        /// The table.
        place: &'a Place,
        /// What the mapping makes of the batch that holds it.
        batch: &'a RoutedBatch,
        /// Its row in the batch.
        row: usize,
    },
    /// It cannot be told; why, as previews say it.
    Failed(&'a crate::mapping::RowFailure),
}

/// A row under the old and the new rules.
#[derive(Debug, Clone, Copy)]
pub struct DifferingRow<'a> {
    /// How it differs.
    pub difference: Difference,
    /// Under the old rules.
    pub old: Whereabouts<'a>,
    /// Under the new ones.
    pub new: Whereabouts<'a>,
}

/// What one mapping makes of a batch, under the names of its places; none where it does not read the table.
pub type Side<'a> = Option<(&'a RoutedBatch, &'a Places)>;

impl Difference {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 6] = [Self::Moved, Self::Appears, Self::Vanishes, Self::Changed, Self::Fails, Self::Mended];

    /// The word of the JSON form.
    pub fn word(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Appears => "appears",
            Self::Vanishes => "vanishes",
            Self::Changed => "changed",
            Self::Fails => "fails",
            Self::Mended => "mended",
        }
    }
}

/// How the row of a change differs under two mappings: its latest image decides, the one before it where the latest is the same.
pub fn differing_row<'a>(change: &Change, index: usize, old: Side<'a>, new: Side<'a>) -> Option<DifferingRow<'a>> {
    let (old_images, new_images) = (whereabouts(change, index, old), whereabouts(change, index, new));
    old_images.into_iter().zip(new_images).rev().find_map(|(old, new)| {
        let difference = difference(old, new)?;
        Some(DifferingRow { difference, old, new })
    })
}

/// Where each image of the change is, the one before first.
fn whereabouts<'a>(change: &Change, index: usize, side: Side<'a>) -> Vec<Whereabouts<'a>> {
    use Whereabouts::Outside;
    let count = match change.images() {
        Images::Inserted(_) | Images::Deleted(_) => 1,
        Images::Updated { .. } => 2,
    };
    let Some((batch, places)) = side else { return vec![Outside; count] };
    let inside = |place, row: &u32| Whereabouts::Inside { place: places.get(place), batch, row: *row as usize };
    match &batch.transitions[index] {
        Transition::Nothing(_) => vec![Outside; count],
        Transition::Failed(failure) => vec![Whereabouts::Failed(failure); count],
        Transition::Insert { to, after } if count == 2 => vec![Outside, inside(*to, after)],
        Transition::Insert { to, after } => vec![inside(*to, after)],
        Transition::Delete { from, before } if count == 2 => vec![inside(*from, before), Outside],
        Transition::Delete { from, before } => vec![inside(*from, before)],
        Transition::Update { at, before, after } => vec![inside(*at, before), inside(*at, after)],
        Transition::Move { from, to, before, after } => vec![inside(*from, before), inside(*to, after)],
    }
}

fn difference(old: Whereabouts<'_>, new: Whereabouts<'_>) -> Option<Difference> {
    use Whereabouts::{Failed, Inside, Outside};
    match (old, new) {
        (Outside, Outside) | (Failed(_), Failed(_)) => None,
        (Outside | Inside { .. }, Failed(_)) => Some(Difference::Fails),
        (Failed(_), Outside | Inside { .. }) => Some(Difference::Mended),
        (Outside, Inside { .. }) => Some(Difference::Appears),
        (Inside { .. }, Outside) => Some(Difference::Vanishes),
        (Inside { place: from, batch: old, row: old_row }, Inside { place: to, batch: new, row: new_row }) => {
            if from != to || !same_key((old, old_row), (new, new_row)) {
                return Some(Difference::Moved);
            }
            let columns = differing_columns((old, old_row), (new, new_row));
            (!columns.is_empty()).then_some(Difference::Changed)
        }
    }
}

fn same_key((old, old_row): (&RoutedBatch, usize), (new, new_row): (&RoutedBatch, usize)) -> bool {
    let (one, other) = (old.layout(), new.layout());
    one.key.len() == other.key.len()
        && one.key.iter().all(|&column| {
            let twin = other.column_index(&one.columns[column].name).filter(|twin| other.columns[*twin].is_key);
            twin.is_some_and(|twin| same_cell((old, old_row, column), (new, new_row, twin)))
        })
}

/// The columns of target rows whose values differ, by name; those that only one of the rows has among them.
pub fn differing_columns<'a>((old, old_row): (&'a RoutedBatch, usize), (new, new_row): (&'a RoutedBatch, usize)) -> Vec<&'a str> {
    let (one, other) = (old.layout(), new.layout());
    let mut names = Vec::new();
    for (column, target) in one.columns.iter().enumerate() {
        match other.column_index(&target.name) {
            Some(twin) if same_cell((old, old_row, column), (new, new_row, twin)) => {}
            Some(_) | None => names.push(target.name.as_str()),
        }
    }
    names.extend(other.columns.iter().map(|target| target.name.as_str()).filter(|name| one.column_index(name).is_none()));
    names
}

/// Whether two cells print alike; one that its image lacks did not change.
fn same_cell((old, old_row, column): (&RoutedBatch, usize, usize), (new, new_row, twin): (&RoutedBatch, usize, usize)) -> bool {
    if CompiledMapping::computes_alike((&old.mapping, column), (&new.mapping, twin)) {
        return true;
    }
    match (cell_text(old, old_row, column), cell_text(new, new_row, twin)) {
        (Some(one), Some(other)) => one == other,
        (None, _) | (_, None) => true,
    }
}

/// A cell of a target row as MySQL prints it: none where its image lacks it, an inner none for NULL.
pub fn cell_text(batch: &RoutedBatch, row: usize, column: usize) -> Option<Option<String>> {
    let array = batch.columns[column].as_deref().filter(|_| batch.presence.has(row, column))?;
    if array.is_null(row) {
        return Some(None);
    }
    let mut text = String::new();
    columnar::write_text(&batch.layout().columns[column].ty, array, row, &mut text);
    Some(Some(text))
}

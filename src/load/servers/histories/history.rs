//! A random history of a source: transactions that its own keys allow, and what its tables hold after each.

use std::{collections::BTreeMap, fmt};

use super::{Cell, Dice, Keys, Shape, hearing::Hearing};

pub(super) const ID: usize = 0;
pub(super) const U: usize = 1;
pub(super) const W: usize = 2;
pub(super) const R: usize = 3;
pub(super) const F: usize = 4;
pub(super) const V: usize = 5;

/// The source table without a key, after `t0` and `t1`.
pub(super) const LOOSE: usize = 2;

/// A row, in the order of its table's columns.
pub(super) type Row = Vec<Cell>;

/// What tables hold, by their names; each table's rows in order.
pub(super) type Contents = BTreeMap<String, Vec<Row>>;

/// A row image.
#[derive(Debug, Clone)]
pub(super) struct Image {
    pub(super) row: Row,
    /// Columns that it lacks.
    pub(super) absent: Vec<usize>,
}

/// One change of one source row.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    /// 0 and 1 have a key.
    pub(super) table: usize,
    pub(super) before: Option<Image>,
    pub(super) after: Option<Image>,
}

/// What the source's tables hold.
#[derive(Debug, Clone, Default)]
struct State {
    keyed: [Vec<Row>; 2],
    loose: Vec<Row>,
}

/// A history.
pub(super) struct History {
    pub(super) shape: Shape,
    pub(super) transactions: Vec<Vec<Edit>>,
    /// Before the first transaction, and after each.
    states: Vec<State>,
}

impl History {
    /// The history of a seed.
    pub(super) fn new(shape: Shape, dice: &mut Dice) -> Self {
        let mut source = Source { shape: &shape, dice, state: State::default(), counter: 0 };
        let (mut transactions, mut states) = (Vec::new(), vec![State::default()]);
        while transactions.len() < shape.transactions {
            let operations = source.dice.pick(&[1, 1, 2, 3]);
            let edits: Vec<Edit> = (0..operations).flat_map(|_| source.operation()).collect();
            if !edits.is_empty() {
                transactions.push(edits);
                states.push(source.state.clone());
            }
        }
        Self { shape, transactions, states }
    }

    /// What the mappings make of the source on one server after so many transactions.
    pub(super) fn expected(&self, transactions: usize, server: i64) -> Contents {
        let state = &self.states[transactions];
        let is_view = self.shape.hearing == Hearing::Everything;
        let mut contents = if is_view { Contents::new() } else { self.left_by_events(transactions, server) };
        for row in state.keyed.iter().flatten().filter(|row| is_view && row[F] == Cell::Number(1)) {
            let (at, table) = match place(&row[R]) {
                _ if self.shape.is_partial => (0, 0),
                (at, _) if self.shape.keys != Keys::Id => (at, 0),
                place => place,
            };
            if at == server {
                contents.entry(format!("t{table}")).or_default().push(row.clone());
            }
        }
        for row in &state.loose {
            let (at, table) = place(&row[0]);
            if at == server {
                contents.entry(format!("n{table}")).or_default().push(row.clone());
            }
        }
        contents.values_mut().for_each(|rows| rows.sort());
        contents
    }
}

/// The server and the table of a row, as the mappings of [`super::routing`] compute them.
pub(super) fn place(route: &Cell) -> (i64, i64) {
    let Cell::Number(route) = route else { return (0, 0) };
    (route / 2, route % 2)
}

/// The source at work.
struct Source<'a> {
    shape: &'a Shape,
    dice: &'a mut Dice,
    state: State,
    counter: i64,
}

impl Source<'_> {
    /// The changes of one statement or a few that belong together; none where the source would refuse them.
    fn operation(&mut self) -> Vec<Edit> {
        let table = self.dice.below(if self.shape.is_merged { 2 } else { 1 });
        let has_rows = !self.state.keyed[table].is_empty();
        match self.dice.below(100) {
            0..20 => self.loose(),
            20..40 => self.insert(table),
            _ if !has_rows => self.insert(table),
            40..55 => {
                let row = self.any_row(table);
                vec![self.edit(table, Some(row), None)]
            }
            55..63 => self.swap(table, U),
            63..70 => self.swap(table, ID),
            70..85 if self.shape.has_shared_rows => self.carry(table),
            _ => self.update(table),
        }
    }

    fn loose(&mut self) -> Vec<Edit> {
        let new = |dice: &mut Dice| vec![Cell::Number(dice.below(4) as i64), Cell::Number(dice.below(2) as i64)];
        let has_rows = !self.state.loose.is_empty();
        let before = (has_rows && self.dice.chance(60)).then(|| {
            let index = self.dice.below(self.state.loose.len());
            self.state.loose.remove(index)
        });
        let after = (before.is_none() || self.dice.chance(50)).then(|| new(self.dice));
        self.state.loose.extend(after.clone());
        let whole = |row: Row| Image { row, absent: Vec::new() };
        vec![Edit { table: LOOSE, before: before.map(whole), after: after.map(whole) }]
    }

    fn insert(&mut self, table: usize) -> Vec<Edit> {
        let (route, flag) = (self.dice.below(4) as i64, i64::from(self.dice.chance(80)));
        let (route, flag) = if self.shape.is_partial { (0, 1) } else { (route, flag) };
        let id = self.dice.pick(&self.shape.ids(table));
        let u = self.dice.pick(&self.shape.texts(table));
        let w = self.dice.pick(&self.shape.numbers(table));
        let row = vec![id, u, w, Cell::Number(route), Cell::Number(flag), self.fresh()];
        if self.takes(table, &row, None) { vec![self.edit(table, None, Some(row))] } else { Vec::new() }
    }

    fn update(&mut self, table: usize) -> Vec<Edit> {
        let before = self.any_row(table);
        let mut after = before.clone();
        if self.dice.chance(60) {
            after[V] = self.fresh();
        }
        if self.dice.chance(40) {
            after[U] = self.dice.pick(&self.shape.texts(table));
        }
        if self.dice.chance(30) {
            after[W] = self.dice.pick(&self.shape.numbers(table));
        }
        if self.dice.chance(30) {
            after[ID] = self.dice.pick(&self.shape.ids(table));
        }
        if !self.shape.is_partial && self.dice.chance(30) {
            after[R] = Cell::Number(self.dice.below(4) as i64);
        }
        if !self.shape.is_partial && self.dice.chance(20) {
            after[F] = Cell::Number(i64::from(after[F] == Cell::Number(0)));
        }
        if after == before || !self.takes(table, &after, Some(&before[ID])) {
            return Vec::new();
        }
        vec![self.edit(table, Some(before), Some(after))]
    }

    /// Two rows exchange their values of a unique column through a third value.
    fn swap(&mut self, table: usize, column: usize) -> Vec<Edit> {
        let (left, right) = (self.any_row(table), self.any_row(table));
        if left[ID] == right[ID] || left[column] == right[column] {
            return Vec::new();
        }
        let with = |row: &Row, value: &Cell| {
            let mut row = row.clone();
            row[column] = value.clone();
            row
        };
        let third = if column == U || self.shape.is_caseless { Cell::Text("zz".to_owned()) } else { Cell::Number(9) };
        let away = with(&left, &third);
        vec![
            self.edit(table, Some(left.clone()), Some(away.clone())),
            self.edit(table, Some(right.clone()), Some(with(&right, &left[column]))),
            self.edit(table, Some(away), Some(with(&left, &right[column]))),
        ]
    }

    /// A row goes to the other table.
    fn carry(&mut self, table: usize) -> Vec<Edit> {
        let row = self.any_row(table);
        let mut there = row.clone();
        there[V] = self.fresh();
        vec![self.edit(table, Some(row), None), self.edit(1 - table, None, Some(there))]
    }

    /// Makes the change, and its images.
    fn edit(&mut self, table: usize, before: Option<Row>, after: Option<Row>) -> Edit {
        if let Some(before) = &before {
            self.state.keyed[table].retain(|row| row != before);
        }
        self.state.keyed[table].extend(after.clone());
        let changed = |column: usize| before.as_ref().zip(after.as_ref()).is_none_or(|(before, after)| before[column] != after[column]);
        let image = |row: &Row, is_absent: &dyn Fn(usize) -> bool| {
            let absent = (0..row.len()).filter(|&column| self.shape.is_partial && column != ID && is_absent(column)).collect();
            Image { row: row.clone(), absent }
        };
        Edit {
            table,
            before: before.as_ref().map(|row| image(row, &|_| true)),
            after: after.as_ref().map(|row| image(row, &|column| !changed(column))),
        }
    }

    fn takes(&self, table: usize, row: &Row, instead_of: Option<&Cell>) -> bool {
        let tables = if self.shape.has_shared_rows { 0..2 } else { table..table + 1 };
        let others = self.state.keyed[tables].iter().flatten().filter(|other| Some(&other[ID]) != instead_of);
        let meets = |other: &Row, column: usize| row[column] != Cell::Null && self.shape.same(&other[column], &row[column]);
        others.into_iter().all(|other| ![ID, U, W].iter().any(|&column| meets(other, column)))
    }

    fn any_row(&mut self, table: usize) -> Row {
        self.dice.pick(&self.state.keyed[table])
    }

    fn fresh(&mut self) -> Cell {
        self.counter += 1;
        Cell::Number(self.counter)
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?}", self.shape)?;
        for (number, edits) in (1..).zip(&self.transactions) {
            let said: Vec<String> = edits.iter().map(Edit::to_string).collect();
            writeln!(f, "transaction {number}: {}", said.join("; "))?;
        }
        Ok(())
    }
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let image = |image: &Option<Image>| image.as_ref().map_or("-".to_owned(), Image::to_string);
        write!(f, "{} {} => {}", ["t0", "t1", "n"][self.table], image(&self.before), image(&self.after))
    }
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cell = |(column, cell): (usize, &Cell)| if self.absent.contains(&column) { ".".to_owned() } else { cell.to_string() };
        let cells: Vec<String> = self.row.iter().enumerate().map(cell).collect();
        write!(f, "({})", cells.join(" "))
    }
}

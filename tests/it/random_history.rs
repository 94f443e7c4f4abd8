//! Random histories of a few rows that get into each other's way, as SQL for a real source: keys and unique values trade places
//! through a third one, rows come, go, move and leave the predicate, and a table without a key has twins.

/// A reproducible stream of choices.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self((seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        // xorshift64*: the low bits of the state itself are too regular.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % limit
    }

    pub(crate) fn is_in(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize].clone()
    }
}

/// What a history's tables and mappings are like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Keys and unique values are texts that ignore case and trailing spaces.
    pub(crate) texts: bool,
    /// How many of `u` and `w` are unique in the target.
    pub(crate) uniques: u64,
    /// The target's key is (r, id).
    pub(crate) own_key: bool,
    /// Two source tables feed one target table.
    pub(crate) merged: bool,
    /// Rows are routed and filtered, which partial images would not allow.
    pub(crate) routed: bool,
}

/// One history: its transactions, each as its statements.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) number: u64,
    pub(crate) shape: Shape,
    pub(crate) transactions: Vec<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    id: String,
    u: Option<&'static str>,
    w: Option<u64>,
    r: u64,
    f: u64,
    v: u64,
}

/// The source as it is after the statements so far.
struct Source<'a> {
    random: &'a mut Random,
    number: u64,
    shape: Shape,
    tables: [Vec<Row>; 2],
    keyless: Vec<(u64, u64)>,
    count: u64,
    statements: Vec<String>,
}

impl History {
    pub(crate) fn random(random: &mut Random, number: u64, routed: bool) -> Self {
        let shape = Shape {
            texts: random.is_in(40),
            uniques: random.below(3),
            own_key: routed && random.is_in(30),
            merged: random.is_in(40),
            routed,
        };
        let mut source =
            Source { random, number, shape, tables: Default::default(), keyless: Vec::new(), count: 0, statements: Vec::new() };
        let length = 3 + source.random.below(7) as usize;
        let mut transactions = Vec::new();
        while transactions.len() < length {
            for _ in 0..source.random.pick(&[1, 1, 2, 3]) {
                source.change();
            }
            let statements = std::mem::take(&mut source.statements);
            if !statements.is_empty() {
                transactions.push(statements);
            }
        }
        Self { number, shape, transactions }
    }

    /// CREATE TABLE of its source tables, in the current schema.
    pub(crate) fn source_tables(&self) -> String {
        let (number, columns) = (self.number, self.columns());
        format!(
            "CREATE TABLE a{number} ({columns}, PRIMARY KEY (id)); CREATE TABLE b{number} ({columns}, PRIMARY KEY (id));
             CREATE TABLE n{number} (r INT NOT NULL, x INT NOT NULL);\n"
        )
    }

    /// CREATE TABLE of its target tables, in the current schema.
    pub(crate) fn target_tables(&self) -> String {
        let (number, columns) = (self.number, self.columns());
        let key = if self.shape.own_key { "r, id" } else { "id" };
        let uniques = [", UNIQUE KEY (u)", ", UNIQUE KEY (w)"][..self.shape.uniques as usize].concat();
        let table = |place: u64| {
            format!(
                "CREATE TABLE k{number}_{place} ({columns}, PRIMARY KEY ({key}){uniques});
                 CREATE TABLE n{number}_{place} (r INT NOT NULL, x INT NOT NULL);\n"
            )
        };
        (0..self.places()).map(table).collect()
    }

    /// Its mappings from one schema to the other.
    pub(crate) fn mappings(&self, from: &str, to: &str) -> String {
        let number = self.number;
        let (filter, place) = if self.shape.routed { (" WHERE f = 1", "r % 2") } else { ("", "0") };
        let key = if self.shape.own_key { " KEY (r, id)" } else { "" };
        let keyed = |table: &char| {
            format!(
                "CREATE MAPPING {table}{number} AS SELECT * FROM {from}.{table}{number}{filter} ROUTE TO '{to}', concat('k{number}_', {place}){key};\n"
            )
        };
        let mappings: String = self.sources().iter().map(keyed).collect();
        mappings + &format!("CREATE MAPPING n{number} AS SELECT * FROM {from}.n{number} ROUTE TO '{to}', concat('n{number}_', {place});\n")
    }

    /// SELECTs of what each target table should hold, each row headed by the table's name.
    pub(crate) fn expected(&self, from: &str) -> Vec<String> {
        let mut selects = Vec::new();
        for place in 0..self.places() {
            let (filter, keyless) = if self.shape.routed {
                (format!("f = 1 AND r % 2 = {place}"), format!("r % 2 = {place}"))
            } else {
                ("TRUE".into(), "TRUE".into())
            };
            let number = self.number;
            for table in self.sources() {
                selects.push(format!("SELECT 'k{number}_{place}', {CELLS} FROM {from}.{table}{number} WHERE {filter}"));
            }
            selects.push(format!("SELECT 'n{number}_{place}', {KEYLESS_CELLS} FROM {from}.n{number} WHERE {keyless}"));
        }
        selects
    }

    /// SELECTs of what each target table holds.
    pub(crate) fn found(&self, to: &str) -> Vec<String> {
        let number = self.number;
        let tables = |place: u64| {
            let keyed = format!("SELECT 'k{number}_{place}', {CELLS} FROM {to}.k{number}_{place}");
            [keyed, format!("SELECT 'n{number}_{place}', {KEYLESS_CELLS} FROM {to}.n{number}_{place}")]
        };
        (0..self.places()).flat_map(tables).collect()
    }

    fn places(&self) -> u64 {
        if self.shape.routed { 2 } else { 1 }
    }

    fn sources(&self) -> &'static [char] {
        if self.shape.merged { &['a', 'b'] } else { &['a'] }
    }

    fn columns(&self) -> String {
        let text = "VARCHAR(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci";
        let id = if self.shape.texts { text } else { "INT" };
        format!("id {id} NOT NULL, u {text} NULL, w INT NULL, r INT NOT NULL, f INT NOT NULL, v INT NOT NULL")
    }
}

const CELLS: &str = "HEX(id), HEX(u), w, r, f, v";
const KEYLESS_CELLS: &str = "r, x, NULL, NULL, NULL, NULL";

impl Source<'_> {
    /// A change, or a few that belong together; none where the source would refuse it.
    fn change(&mut self) {
        let table = if self.shape.merged { self.random.below(2) as usize } else { 0 };
        let (choice, rows) = (self.random.below(100), self.tables[table].len());
        match choice {
            0..20 => self.change_keyless(),
            20..40 => self.insert(table),
            _ if rows == 0 => self.insert(table),
            40..55 => {
                let row = self.random.below(rows as u64) as usize;
                let row = self.tables[table].remove(row);
                self.tell(format!("DELETE FROM {} WHERE id = '{}'", self.name(table), row.id));
            }
            55..63 if rows > 1 => self.swap(table, |row, other| row.u = other.u, |row| row.u = Some("zz")),
            63..70 if rows > 1 => {
                let between = if self.shape.texts { "m" } else { "9" };
                self.swap(table, |row, other| row.id.clone_from(&other.id), |row| row.id = between.to_owned());
            }
            _ => self.update(table),
        }
    }

    fn change_keyless(&mut self) {
        let (choice, name) = (self.random.below(100), format!("n{}", self.number));
        let count = self.keyless.len() as u64;
        if count > 0 && choice < 60 {
            let index = self.random.below(count) as usize;
            let (r, x) = self.keyless.remove(index);
            if choice < 35 {
                self.tell(format!("DELETE FROM {name} WHERE r = {r} AND x = {x} LIMIT 1"));
                return;
            }
            let after = if self.random.is_in(50) { (self.random.below(4), x) } else { (r, self.random.below(2)) };
            self.keyless.push(after);
            self.tell(format!("UPDATE {name} SET r = {}, x = {} WHERE r = {r} AND x = {x} LIMIT 1", after.0, after.1));
            return;
        }
        let (r, x) = (self.random.below(4), self.random.below(2));
        self.keyless.push((r, x));
        self.tell(format!("INSERT INTO {name} VALUES ({r}, {x})"));
    }

    fn insert(&mut self, table: usize) {
        let id = self.id(table);
        let (u, w) = (self.u(table), self.w(table));
        let (r, f) = (self.random.below(4), u64::from(self.random.is_in(80)));
        self.count += 1;
        let row = Row { id, u, w, r, f, v: self.count };
        if self.fits(table, &row, None) {
            let (u, w) = (literal(row.u), literal(row.w));
            self.tell(format!("INSERT INTO {} VALUES ('{}', {u}, {w}, {r}, {f}, {})", self.name(table), row.id, row.v));
            self.tables[table].push(row);
        }
    }

    fn update(&mut self, table: usize) {
        let index = self.random.below(self.tables[table].len() as u64) as usize;
        let mut after = self.tables[table][index].clone();
        self.count += 1;
        if self.random.is_in(60) {
            after.v = self.count;
        }
        if self.random.is_in(40) {
            after.u = self.u(table);
        }
        if self.random.is_in(30) {
            after.w = self.w(table);
        }
        if self.random.is_in(30) {
            after.id = self.id(table);
        }
        if self.random.is_in(30) {
            after.r = self.random.below(4);
        }
        if self.random.is_in(20) {
            after.f = 1 - after.f;
        }
        if after != self.tables[table][index] && self.fits(table, &after, Some(index)) {
            self.put(table, index, after);
        }
    }

    /// Two rows trade something: the first one gives it up for a third value in between.
    fn swap(&mut self, table: usize, take: impl Fn(&mut Row, &Row), between: impl Fn(&mut Row)) {
        let count = self.tables[table].len() as u64;
        let one = self.random.below(count) as usize;
        let other = (one + 1 + self.random.below(count - 1) as usize) % count as usize;
        let (first, second) = (self.tables[table][one].clone(), self.tables[table][other].clone());
        let (mut aside, mut second_after, mut first_after) = (first.clone(), second.clone(), first.clone());
        between(&mut aside);
        take(&mut second_after, &first);
        take(&mut first_after, &second);
        if second_after == second {
            return;
        }
        self.put(table, one, aside);
        self.put(table, other, second_after);
        self.put(table, one, first_after);
    }

    fn put(&mut self, table: usize, index: usize, after: Row) {
        let before = &self.tables[table][index];
        let (u, w) = (literal(after.u), literal(after.w));
        let set = format!("id = '{}', u = {u}, w = {w}, r = {}, f = {}, v = {}", after.id, after.r, after.f, after.v);
        let statement = format!("UPDATE {} SET {set} WHERE id = '{}'", self.name(table), before.id);
        self.tell(statement);
        self.tables[table][index] = after;
    }

    fn fits(&self, table: usize, row: &Row, except: Option<usize>) -> bool {
        let same = |one: &str, other: &str| one.trim_end().eq_ignore_ascii_case(other.trim_end());
        !self.tables[table].iter().enumerate().any(|(index, other)| {
            let meets = same(&row.id, &other.id)
                || row.u.zip(other.u).is_some_and(|(one, other)| same(one, other))
                || row.w.is_some() && row.w == other.w;
            Some(index) != except && meets
        })
    }

    fn id(&mut self, table: usize) -> String {
        let ids: &[&str] = match (self.shape.texts, table) {
            (true, 0) => &["a", "A", "b", "B", "a "],
            (true, _) => &["x", "X", "y"],
            (false, 0) => &["0", "1", "2", "3"],
            (false, _) => &["10", "11", "12"],
        };
        self.random.pick(ids).to_owned()
    }

    fn u(&mut self, table: usize) -> Option<&'static str> {
        match (self.shape.texts, table) {
            (true, 0) => self.random.pick(&[Some("p"), Some("P"), Some("q"), Some("q "), None]),
            (true, _) => self.random.pick(&[Some("s"), Some("S"), None]),
            (false, 0) => self.random.pick(&[Some("p"), Some("q"), Some("r"), None]),
            (false, _) => self.random.pick(&[Some("s"), Some("t"), None]),
        }
    }

    fn w(&mut self, table: usize) -> Option<u64> {
        let first = 1 + 2 * table as u64;
        self.random.pick(&[Some(first), Some(first + 1), None])
    }

    fn name(&self, table: usize) -> String {
        format!("{}{}", ['a', 'b'][table], self.number)
    }

    fn tell(&mut self, statement: String) {
        self.statements.push(statement);
    }
}

fn literal(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "NULL".to_owned(), |value| format!("'{}'", value.to_string()))
}

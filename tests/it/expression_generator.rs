//! Random expressions, typed enough to be interesting and wild enough to be surprising.

use crate::expression_table::{Family, TestColumn};

/// A reproducible stream of expressions.
pub(crate) struct Generator {
    state: u64,
    columns: Vec<(&'static str, Family)>,
}

impl Generator {
    /// The stream of a seed.
    pub(crate) fn new(seed: u64, columns: &[TestColumn]) -> Self {
        let columns = columns.iter().map(|column| (column.name, column.family)).collect();
        Self { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1, columns }
    }

    /// The next expression.
    pub(crate) fn expression(&mut self) -> String {
        let depth = 1 + self.below(3);
        match self.below(6) {
            0 => self.number(depth),
            1 => self.text(depth),
            2 => self.condition(depth),
            3 => self.further_function(depth),
            4 => self.any_time(depth),
            _ => self.any(depth),
        }
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        // xorshift64*: the low bits of the state itself are too regular.
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        ((self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize) % limit
    }

    pub(crate) fn pick(&mut self, from: &[&'static str]) -> &'static str {
        from[self.below(from.len())]
    }

    fn column(&mut self, family: Option<Family>) -> String {
        let fitting: Vec<&'static str> =
            self.columns.iter().filter(|(_, own)| family.is_none_or(|family| family == *own)).map(|(name, _)| *name).collect();
        self.pick(&fitting).to_owned()
    }

    /// An expression of any type.
    pub(crate) fn any(&mut self, depth: usize) -> String {
        match self.below(10) {
            9 if depth > 0 => self.further_function(depth),
            0..=2 => self.number(depth),
            3..=5 => self.text(depth),
            6 => self.time(depth),
            7 => self.condition(depth),
            _ => self.column(None),
        }
    }

    fn number_literal(&mut self) -> String {
        self.pick(&[
            "0",
            "1",
            "2",
            "3",
            "-1",
            "10",
            "16",
            "63",
            "64",
            "255",
            "4194304",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551615",
            "1.5",
            "0.1",
            "-2.5",
            "99.995",
            "0.00001",
            "123456789012345678901234567890.12345",
            "1e0",
            "1.5e3",
            "-2.5e-2",
            "1e15",
            "1e-5",
            "0x41",
            "b'1010'",
            "NULL",
            "TRUE",
            "FALSE",
            "20200229",
            "20200229123456",
            "-9223372036854775808",
            "100",
            "1000000",
        ])
        .to_owned()
    }

    /// Mostly a number.
    pub(crate) fn number(&mut self, depth: usize) -> String {
        if depth == 0 || self.below(6) == 0 {
            return if self.below(5) < 3 { self.column(Some(Family::Number)) } else { self.number_literal() };
        }
        let depth = depth - 1;
        match self.below(32) {
            0..=8 => {
                let op = self.pick(&["+", "-", "*", "/", "DIV", "%", "+", "-", "*", "/", "MOD"]);
                format!("({} {op} {})", self.number(depth), self.number(depth))
            }
            9..=12 => {
                let op = self.pick(&["<<", ">>", "&", "|", "^"]);
                format!("({} {op} {})", self.number(depth), self.number(depth))
            }
            13 => format!("(-{})", self.spaced_number(depth)),
            14 => format!("(~{})", self.number(depth)),
            15 => format!("abs({})", self.number(depth)),
            16 => format!("{}({})", self.pick(&["floor", "ceiling", "ceil"]), self.number(depth)),
            17 => format!("round({})", self.number(depth)),
            18 => {
                let number = self.number(depth);
                format!("round({number}, {})", self.pick(&["0", "1", "2", "-1", "-3", "5", "30"]))
            }
            19 => format!("{}({})", self.pick(&["length", "char_length", "crc32"]), self.any(depth)),
            20 => self.time_number(depth),
            21..=23 => {
                let to = self.pick(&[
                    "SIGNED",
                    "UNSIGNED",
                    "DECIMAL(10,2)",
                    "DECIMAL(65,30)",
                    "DECIMAL",
                    "DOUBLE",
                    "FLOAT",
                    "YEAR",
                    "DECIMAL(5,3)",
                ]);
                format!("CAST({} AS {to})", self.any(depth))
            }
            24 => format!("({} + {})", self.any(depth), self.number(depth)),
            25 => {
                let op = self.pick(&["-", "*", "/", "DIV", "%", "|", "&", ">>"]);
                format!("({} {op} {})", self.any(depth), self.any(depth))
            }
            26 => format!("(-{})", self.spaced_any(depth)),
            28 => self.number_function(depth),
            27 => format!("{}({})", self.pick(&["abs", "floor", "ceil", "round"]), self.any(depth)),
            _ => self.conditional(depth, Self::number),
        }
    }

    /// Functions whose result is a number.
    fn number_function(&mut self, depth: usize) -> String {
        match self.below(12) {
            0 => format!("{}({}, {})", self.pick(&["instr", "locate", "strcmp", "find_in_set"]), self.text(depth), self.text(depth)),
            1 => format!("locate({}, {}, {})", self.text(depth), self.text(depth), self.small(depth)),
            2 => format!("position({} IN {})", self.text(0), self.text(depth)),
            3 => format!("{}({})", self.pick(&["ascii", "ord", "bit_count", "isnull"]), self.any(depth)),
            4 => format!("sign({})", self.any(depth)),
            5 => format!("truncate({}, {})", self.any(depth), self.pick(&["0", "1", "2", "-1", "-3", "5", "30", "-30"])),
            6 => format!("truncate({}, {})", self.number(depth), self.pick(&["0", "1", "2", "-1", "-3", "5", "30", "-30"])),
            7 => format!("field({}, {}, {})", self.text(depth), self.text(depth), self.text(0)),
            8 => format!("field({}, {}, {})", self.number(depth), self.number(depth), self.number(0)),
            9 => format!("bit_count({})", self.number(depth)),
            10 => format!("field({}, {})", self.any(depth), self.any(depth)),
            _ => format!("mod({}, {})", self.number(depth), self.number(depth)),
        }
    }

    /// Functions whose result is a text.
    fn text_function(&mut self, depth: usize) -> String {
        match self.below(12) {
            0 => format!("reverse({})", self.any(depth)),
            1 => format!("repeat({}, {})", self.any(depth), self.count()),
            2 => format!("space({})", self.count()),
            3 => format!("rpad({}, {}, {})", self.any(depth), self.count(), self.text(0)),
            4 => format!(
                "substring_index({}, {}, {})",
                self.any(depth),
                self.pick(&["'a'", "'1'", "''", "'.'", "' '", "'-'", "'é'", "v", "NULL"]),
                self.small(depth)
            ),
            5 => format!("hex({})", self.any(depth)),
            6 => format!("unhex({})", self.any(depth)),
            7 => format!("{}({})", self.pick(&["bin", "oct"]), self.any(depth)),
            8 => format!(
                "conv({}, {}, {})",
                self.any(depth),
                self.pick(&["10", "16", "2", "-10", "36", "37", "NULL"]),
                self.pick(&["10", "16", "2", "-10", "36", "-2", "1"])
            ),
            9 => format!("elt({}, {}, {})", self.small(depth), self.any(depth), self.text(depth)),
            10 => format!("mid({}, {}, {})", self.text(depth), self.small(depth), self.small(depth)),
            _ => format!("unhex(hex({}))", self.any(depth)),
        }
    }

    /// A number of characters that is never large.
    fn count(&mut self) -> &'static str {
        self.pick(&["0", "1", "3", "7", "20", "-1", "NULL", "'2'", "i8", "u16 % 7", "length(v)", "2.5", "d1 & 15", "month(dt)", "vb = v"])
    }

    fn spaced_number(&mut self, depth: usize) -> String {
        format!(" {}", self.number(depth))
    }

    fn spaced_any(&mut self, depth: usize) -> String {
        format!(" {}", self.any(depth))
    }

    fn conditional(&mut self, depth: usize, branch: fn(&mut Self, usize) -> String) -> String {
        match self.below(6) {
            0 => format!("if({}, {}, {})", self.condition(depth), branch(self, depth), branch(self, depth)),
            1 => format!("ifnull({}, {})", branch(self, depth), branch(self, depth)),
            2 => format!("coalesce({}, {}, {})", branch(self, depth), branch(self, depth), branch(self, depth)),
            3 => format!("nullif({}, {})", branch(self, depth), branch(self, depth)),
            4 => format!("CASE WHEN {} THEN {} END", self.condition(depth), branch(self, depth)),
            _ => format!(
                "CASE {} WHEN {} THEN {} ELSE {} END",
                branch(self, depth),
                branch(self, depth),
                branch(self, depth),
                branch(self, depth)
            ),
        }
    }

    fn text_literal(&mut self) -> String {
        self.pick(&[
            "''",
            "'abc'",
            "'ABC'",
            "'a'",
            "'É'",
            "'10abc'",
            "'1.5'",
            "' 7'",
            "'x'",
            "'日本語'",
            "'a '",
            "'2020-02-29'",
            "'12:34:56'",
            "'b'",
            "'month'",
            "'0'",
            "'-1'",
            "x'616263'",
            "_latin1'abc'",
            "_binary'abc'",
            "'1e2'",
            "NULL",
            "'ss'",
            "'ß'",
        ])
        .to_owned()
    }

    /// Mostly a text.
    pub(crate) fn text(&mut self, depth: usize) -> String {
        if depth == 0 || self.below(6) == 0 {
            return match self.below(8) {
                0..=3 => self.column(Some(Family::Text)),
                4 => self.column(Some(Family::Bytes)),
                _ => self.text_literal(),
            };
        }
        let depth = depth - 1;
        match self.below(27) {
            0..=2 => format!("concat({}, {})", self.any(depth), self.any(depth)),
            3 => format!("concat_ws({}, {}, {}, {})", self.text(depth), self.any(depth), self.any(depth), self.text(depth)),
            4..=6 => format!("{}({})", self.pick(&["lower", "upper"]), self.text(depth)),
            7 => format!("substring({}, {})", self.any(depth), self.small(depth)),
            8 => format!("substring({}, {}, {})", self.any(depth), self.small(depth), self.small(depth)),
            9 => format!("left({}, {})", self.any(depth), self.small(depth)),
            10 => format!("right({}, {})", self.any(depth), self.small(depth)),
            11 => {
                // MySQL 9.7 crashes where a length fails (`lpad(x, <overflow>, 'É' COLLATE utf8mb4_unicode_ci)`), so none here does.
                let length = self.count();
                format!("lpad({}, {length}, {})", self.any(depth), self.text(0))
            }
            12 => format!("replace({}, {}, {})", self.text(depth), self.text(depth), self.text(depth)),
            13 => format!("{}({})", self.pick(&["trim", "ltrim", "rtrim"]), self.text(depth)),
            14 => format!("trim({} {} FROM {})", self.pick(&["LEADING", "TRAILING", "BOTH"]), self.text(depth), self.text(depth)),
            15 => format!(
                "sha2({}, {})",
                self.any(depth),
                self.pick(&["0", "224", "256", "384", "512", "1", "NULL", "'256'", "256.4", "-256"])
            ),
            16..=18 => {
                let to =
                    self.pick(&["CHAR", "CHAR(2)", "BINARY", "BINARY(3)", "CHAR CHARACTER SET latin1", "CHAR(4) CHARACTER SET utf8mb4"]);
                format!("CAST({} AS {to})", self.any(depth))
            }
            19 => format!("CONVERT({} USING {})", self.any(depth), self.pick(&["utf8mb4", "latin1", "binary", "utf8mb3", "ascii"])),
            20 => self.time_text(depth),
            21 => format!(
                "{} COLLATE {}",
                self.pick(&["v", "vg", "vb", "'É'"]),
                self.pick(&["utf8mb4_bin", "utf8mb4_general_ci", "utf8mb4_0900_ai_ci", "utf8mb4_unicode_ci"])
            ),
            23 => self.text_function(depth),
            22 => format!("({} {} {})", self.column(Some(Family::Bytes)), self.pick(&["&", "|", "^"]), self.column(Some(Family::Bytes))),
            _ => self.conditional(depth, Self::text),
        }
    }

    pub(crate) fn small(&mut self, depth: usize) -> String {
        if self.below(4) == 0 {
            return self.number(depth);
        }
        self.pick(&["0", "1", "2", "3", "5", "-1", "-2", "10", "1.5", "NULL", "'2'"]).to_owned()
    }

    /// Mostly a date or a time.
    pub(crate) fn time(&mut self, depth: usize) -> String {
        if depth == 0 || self.below(4) == 0 {
            return match self.below(4) {
                0 | 1 => self.column(Some(Family::Time)),
                2 => self
                    .pick(&[
                        "DATE '2020-02-29'",
                        "TIME '12:34:56.5'",
                        "TIMESTAMP '2020-02-29 12:34:56'",
                        "TIMESTAMP '1999-12-31 23:59:59.999'",
                        "'2020-02-29'",
                        "'2020-02-29 12:34:56.789'",
                        "20200229",
                        "'20200229'",
                        "'12:34:56'",
                        "'99-1-2'",
                        "'2020-13-01'",
                        "'2020.2.3 4.5.6'",
                        "991231235959.5",
                        "'x'",
                        "'2020-02-30'",
                    ])
                    .to_owned(),
                _ => self.any(0),
            };
        }
        let depth = depth - 1;
        match self.below(8) {
            5..=7 => self.time_function(depth),
            0..=2 => format!(
                "CAST({} AS {})",
                self.any(depth),
                self.pick(&["DATE", "TIME", "DATETIME", "DATETIME(6)", "TIME(3)", "DATETIME(2)"])
            ),
            _ => self.conditional(depth, Self::time),
        }
    }

    fn comparable(&mut self, depth: usize) -> (String, String) {
        match self.below(6) {
            0 | 1 => (self.number(depth), self.number(depth)),
            2 | 3 => (self.text(depth), self.text(depth)),
            4 => (self.time(depth), self.time(depth)),
            _ => (self.any(depth), self.any(depth)),
        }
    }

    /// Mostly a condition.
    fn condition(&mut self, depth: usize) -> String {
        if depth == 0 {
            let (left, right) = self.comparable(0);
            return format!("({left} = {right})");
        }
        let depth = depth - 1;
        let (left, right) = self.comparable(depth);
        let not = self.pick(&["", "NOT "]);
        match self.below(16) {
            0..=5 => {
                let op = self.pick(&["=", "<=>", "<>", "<", "<=", ">", ">="]);
                format!("({left} {op} {right})")
            }
            6 => format!("({left} {not}BETWEEN {right} AND {})", self.any(depth)),
            7 => {
                let alike = self.pick(&["number", "text", "any"]);
                let item = match alike {
                    "number" => Self::number,
                    "text" => Self::text,
                    _ => Self::any,
                };
                let items: Vec<String> = (0..1 + self.below(3)).map(|_| item(self, depth)).collect();
                format!("({left} {not}IN ({}))", items.join(", "))
            }
            8 => {
                let pattern = self.pick(&["'a%'", "'%b%'", "'_'", "'%'", "''", "'a\\%b%'", "'É%'", "'%c'", "'_b_'", "'%%a'", "'a%b%c'"]);
                format!("({} {not}LIKE {pattern})", self.text(depth))
            }
            9 => format!("({left} {not}LIKE {right})"),
            10 => format!("({left} IS {not}{})", self.pick(&["NULL", "TRUE", "FALSE", "UNKNOWN"])),
            11 => format!("({} AND {})", self.condition(depth), self.any(depth)),
            12 => format!("({} OR {})", self.any(depth), self.condition(depth)),
            13 => format!("({} XOR {})", self.condition(depth), self.condition(depth)),
            14 => format!("(NOT {})", self.any(depth)),
            _ => format!("({left} {not}IN ({}, {}, {}))", self.number_literal(), self.text(0), self.text_literal()),
        }
    }
}

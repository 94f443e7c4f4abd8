//! A table with every type of column that expressions compute with, and the values at their edges.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, AsArray, BinaryArray, Decimal128Array, Decimal256Array, DurationMicrosecondArray, Float32Array, Float64Array, Int64Array,
        RecordBatch, TimestampMicrosecondArray, UInt64Array,
    },
    compute::cast,
    datatypes::{DataType, Field, Schema, i256},
};
use rowgate::{
    columnar::arrow_type,
    mapping::expr::{CompiledExpr, Scope, bind},
    schema::{Collation, ColumnType, IntegerWidth, TableName, TextWidth},
};

const ROWS: usize = 24;

/// How many rows the table has.
pub(crate) fn row_count() -> usize {
    ROWS
}

/// What a column is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Number,
    Text,
    Bytes,
    Time,
    Json,
}

/// A column: its definition and its values as text, cycled over the rows.
pub(crate) struct TestColumn {
    pub(crate) name: &'static str,
    pub(crate) ty: ColumnType,
    pub(crate) nullable: bool,
    pub(crate) family: Family,
    sql: &'static str,
    values: Vec<&'static str>,
    offset: usize,
}

impl TestColumn {
    /// Its line of CREATE TABLE.
    pub(crate) fn definition(&self) -> String {
        format!("{} {} {}", self.name, self.sql, if self.nullable { "NULL" } else { "NOT NULL" })
    }

    fn value(&self, row: usize) -> Option<&'static str> {
        let values = &self.values;
        let value = values[(row * (1 + self.offset % 3) + self.offset) % values.len()];
        (value != "NULL").then_some(value)
    }

    /// The value of a row as a literal.
    pub(crate) fn literal(&self, row: usize) -> String {
        let Some(value) = self.value(row) else { return "NULL".into() };
        match (&self.ty, value.strip_prefix("0x")) {
            (_, Some(hex)) => format!("x'{hex}'"),
            // The value is an expression that the server evaluates.
            (ColumnType::Json, _) => value.to_owned(),
            (ColumnType::Year | ColumnType::Bit { .. } | ColumnType::Enum { .. } | ColumnType::Set { .. }, _) => value.to_owned(),
            (ColumnType::Timestamp { .. }, _) => format!("'{value}'"),
            _ => format!("'{value}'"),
        }
    }

    /// The column in its Arrow form.
    pub(crate) fn array(&self) -> ArrayRef {
        let values: Vec<Option<&str>> = (0..ROWS).map(|row| self.value(row)).collect();
        let map = |parse: fn(&str) -> u64| UInt64Array::from_iter(values.iter().map(|value| value.map(parse)));
        let wide: ArrayRef = match &self.ty {
            ColumnType::Integer { unsigned: false, .. } => {
                Arc::new(Int64Array::from_iter(values.iter().map(|value| value.map(|value| value.parse::<i64>().expect("an integer")))))
            }
            ColumnType::Integer { .. } | ColumnType::Bit { .. } | ColumnType::Year | ColumnType::Enum { .. } | ColumnType::Set { .. } => {
                Arc::new(map(|value| value.parse().expect("a number")))
            }
            ColumnType::Decimal { precision, scale, .. } => return decimals(&values, *precision, *scale),
            ColumnType::Float => {
                return Arc::new(Float32Array::from_iter(
                    values.iter().map(|value| value.map(|value| value.parse::<f32>().expect("a float"))),
                ));
            }
            ColumnType::Double => {
                Arc::new(Float64Array::from_iter(values.iter().map(|value| value.map(|value| value.parse::<f64>().expect("a double")))))
            }
            ColumnType::Date => Arc::new(map(|value| {
                let [year, month, day, ..] = fields(value);
                year << 9 | month << 5 | day
            })),
            ColumnType::Time { .. } => Arc::new(DurationMicrosecondArray::from_iter(values.iter().map(|value| value.map(time_micros)))),
            ColumnType::DateTime { .. } => Arc::new(map(packed_datetime)),
            ColumnType::Timestamp { .. } => {
                Arc::new(TimestampMicrosecondArray::from_iter(values.iter().map(|value| value.map(epoch_micros))).with_timezone("+00:00"))
            }
            ColumnType::Json => Arc::new(BinaryArray::from_iter(values.iter().map(|value| value.map(document)))),
            _ => Arc::new(BinaryArray::from_iter(values.iter().map(|value| value.map(bytes)))),
        };
        cast(&wide, &arrow_type(&self.ty)).expect("the values fit the column")
    }
}

fn bytes(value: &str) -> Vec<u8> {
    match value.strip_prefix("0x") {
        Some(hex) => (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal")).collect(),
        None => value.as_bytes().to_vec(),
    }
}

/// The binary document that we make of an expression; its text is compared with the server's like any other.
fn document(text: &str) -> Vec<u8> {
    let scope = Scope::new(TableName::new("s", "t"), "t".into(), Vec::new());
    let expr = dsl::parse_expression(text).expect("the value is an expression");
    let bound = bind(&expr, &scope).expect("the value is typed");
    let schema = Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, false)]));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(Int64Array::from(vec![0]))]).expect("one row");
    let array = CompiledExpr::new(&bound.logical(), &schema).expect("it compiles").evaluate_array(&batch).expect("it has a value");
    array.as_binary::<i32>().value(0).to_vec()
}

fn decimals(values: &[Option<&str>], precision: u8, scale: u8) -> ArrayRef {
    let digits = |value: &str| -> String {
        let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
        format!("{whole}{fraction:0<width$}", width = usize::from(scale))
    };
    if precision <= 38 {
        let array =
            Decimal128Array::from_iter(values.iter().map(|value| value.map(|value| digits(value).parse::<i128>().expect("a decimal"))));
        return Arc::new(array.with_data_type(DataType::Decimal128(precision, scale as i8)));
    }
    let array =
        Decimal256Array::from_iter(values.iter().map(|value| value.map(|value| i256::from_string(&digits(value)).expect("a decimal"))));
    Arc::new(array.with_data_type(DataType::Decimal256(precision, scale as i8)))
}

/// Year, month, day, hour, minute, second, microsecond.
fn fields(value: &str) -> [u64; 7] {
    let (value, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let mut fields = [0; 7];
    for (field, text) in fields.iter_mut().zip(value.split(['-', ' ', ':'])) {
        *field = text.parse().expect("digits");
    }
    fields[6] = format!("{fraction:0<6}").parse().expect("digits");
    fields
}

fn packed_datetime(value: &str) -> u64 {
    let [year, month, day, hour, minute, second, micros] = fields(value);
    (((year * 13 + month) << 5 | day) << 17 | hour << 12 | minute << 6 | second) << 24 | micros
}

fn time_micros(value: &str) -> i64 {
    let (negative, value) = value.strip_prefix('-').map_or((false, value), |value| (true, value));
    let (value, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let seconds = value.split(':').fold(0i64, |sum, part| sum * 60 + part.parse::<i64>().expect("digits"));
    let micros = seconds * 1_000_000 + format!("{fraction:0<6}").parse::<i64>().expect("digits");
    if negative { -micros } else { micros }
}

fn epoch_micros(value: &str) -> i64 {
    if value.starts_with("0000") {
        return 0;
    }
    let time = chrono::NaiveDateTime::parse_from_str(value, "%Y-%m-%d %H:%M:%S%.f").expect("a timestamp");
    time.and_utc().timestamp_micros()
}

/// The columns of the table.
pub(crate) fn columns() -> Vec<TestColumn> {
    let mut columns: Vec<TestColumn> = Vec::new();
    let mut add = |name, sql, ty, family, values: &[&'static str]| {
        let offset = columns.len();
        let nullable = values.contains(&"NULL");
        columns.push(TestColumn { name, ty, nullable, family, sql, values: values.to_vec(), offset });
    };
    let collation = |name| Collation::by_name(name).expect("the collation exists");
    let int = |width, unsigned| ColumnType::Integer { width, unsigned };
    let decimal = |precision, scale| ColumnType::Decimal { precision, scale, unsigned: false };
    let varchar = |name| ColumnType::Varchar { length: 60, collation: collation(name) };
    let (number, text, time) = (Family::Number, Family::Text, Family::Time);
    add("i8", "TINYINT", int(IntegerWidth::Tiny, false), number, &["0", "1", "-1", "127", "-128", "NULL", "7"]);
    add("u16", "SMALLINT UNSIGNED", int(IntegerWidth::Small, true), number, &["0", "65535", "1", "200", "NULL"]);
    add("i24", "MEDIUMINT", int(IntegerWidth::Medium, false), number, &["0", "-8388608", "8388607", "12"]);
    add("u32", "INT UNSIGNED", int(IntegerWidth::Int, true), number, &["0", "4294967295", "20200229", "3", "NULL"]);
    add(
        "i64",
        "BIGINT",
        int(IntegerWidth::Big, false),
        number,
        &["0", "9223372036854775807", "-9223372036854775808", "-1", "1", "4194304", "NULL", "100"],
    );
    add(
        "u64",
        "BIGINT UNSIGNED",
        int(IntegerWidth::Big, true),
        number,
        &["0", "18446744073709551615", "9223372036854775808", "1", "63", "NULL"],
    );
    add("d1", "DECIMAL(10,2)", decimal(10, 2), number, &["0.00", "1.50", "-1.50", "99999999.99", "-0.05", "NULL", "2.25"]);
    add(
        "d2",
        "DECIMAL(65,30)",
        decimal(65, 30),
        number,
        &[
            "0.000000000000000000000000000000",
            "1.500000000000000000000000000001",
            "-99999999999.999999999999999999999999999999",
            "12345678901234567890.5",
            "NULL",
        ],
    );
    add("d3", "DECIMAL(20,0)", decimal(20, 0), number, &["0", "18446744073709551615", "-9223372036854775809", "5", "99999999999999999999"]);
    add("f", "FLOAT", ColumnType::Float, number, &["0", "1.5", "-3.25", "1e10", "0.1", "16777216", "NULL"]);
    add("d", "DOUBLE", ColumnType::Double, number, &["0", "1.5", "-2.5", "1e300", "-1e-10", "0.1", "9007199254740993", "NULL", "1e15"]);
    add("b8", "BIT(8)", ColumnType::Bit { width: 8 }, number, &["0", "1", "255", "65", "NULL"]);
    add("b64", "BIT(64)", ColumnType::Bit { width: 64 }, number, &["0", "18446744073709551615", "16961"]);
    add("y", "YEAR", ColumnType::Year, number, &["0", "1901", "2155", "2020", "NULL"]);
    add(
        "dt",
        "DATE",
        ColumnType::Date,
        time,
        &["2020-02-29", "0000-00-00", "9999-12-31", "1999-12-31", "NULL", "2021-01-03", "1000-01-01"],
    );
    add("tm", "TIME", ColumnType::Time { fsp: 0 }, time, &["00:00:00", "838:59:59", "-838:59:59", "-00:00:01", "12:34:56", "NULL"]);
    add("tm6", "TIME(6)", ColumnType::Time { fsp: 6 }, time, &["00:00:00.000001", "-12:34:56.999999", "23:59:59.5", "00:00:10"]);
    add(
        "dtm",
        "DATETIME",
        ColumnType::DateTime { fsp: 0 },
        time,
        &["2020-02-29 12:34:56", "0000-00-00 00:00:00", "9999-12-31 23:59:59", "2020-00-00 00:00:00", "NULL"],
    );
    add(
        "dtm6",
        "DATETIME(6)",
        ColumnType::DateTime { fsp: 6 },
        time,
        &["2020-02-29 23:59:59.999999", "1970-01-01 00:00:00.5", "2038-01-19 03:14:07"],
    );
    add(
        "ts3",
        "TIMESTAMP(3)",
        ColumnType::Timestamp { fsp: 3 },
        time,
        &["2020-02-29 12:34:56.789", "1970-01-01 00:00:01", "2038-01-19 03:14:07.499", "NULL", "0000-00-00 00:00:00"],
    );
    let words: &[&str] = &[
        "",
        "abc",
        "ABC",
        "10abc",
        " 12 ",
        "-1.5e3x",
        "é",
        "É",
        "straße",
        "NULL",
        "a%b_c",
        "2020-02-29",
        "日本語",
        "😀x",
        "12:34:56",
        "a ",
        "Z",
        "20200229123456",
        "ﬁ",
        "i̇İ",
        "0x41",
        "\t5",
        "1e400",
        "99999999999999999999",
    ];
    add(
        "c",
        "CHAR(60)",
        ColumnType::Char { length: 60, collation: collation("utf8mb4_0900_ai_ci") },
        text,
        &["", "abc", "ABC", "10abc", " 12", "-1.5e3x", "é", "É", "straße", "NULL", "2020-02-29", "日本語", "😀x", "Z"],
    );
    add("v", "VARCHAR(60) COLLATE utf8mb4_0900_ai_ci", varchar("utf8mb4_0900_ai_ci"), text, words);
    add("vg", "VARCHAR(60) COLLATE utf8mb4_general_ci", varchar("utf8mb4_general_ci"), text, words);
    add("vu", "VARCHAR(60) COLLATE utf8mb4_unicode_ci", varchar("utf8mb4_unicode_ci"), text, words);
    add("vb", "VARCHAR(60) COLLATE utf8mb4_bin", varchar("utf8mb4_bin"), text, words);
    add("v3", "VARCHAR(60) CHARACTER SET utf8mb3", varchar("utf8mb3_general_ci"), text, &["", "abc", "É", "ABC ", "日本", "5", "NULL"]);
    add(
        "tx",
        "TEXT COLLATE utf8mb4_0900_ai_ci",
        ColumnType::Text { width: TextWidth::Regular, collation: collation("utf8mb4_0900_ai_ci") },
        text,
        &["long text", "", "12.5", "NULL", "\u{3b1}\u{3c3}ς"],
    );
    add(
        "l1",
        "VARCHAR(60) CHARACTER SET latin1",
        varchar("latin1_swedish_ci"),
        text,
        &["abc", "0xC9E4DF", "0x80", "12", "ABC ", "NULL", ""],
    );
    add("az", "VARCHAR(60) CHARACTER SET ascii", varchar("ascii_general_ci"), text, &["abc", "ABC", "7", "", "NULL"]);
    add("gb", "VARCHAR(60) CHARACTER SET gbk COLLATE gbk_bin", varchar("gbk_bin"), text, &["abc", "0xD6D0CEC4", "", "0x4181FE42"]);
    add("u2", "VARCHAR(60) CHARACTER SET ucs2 COLLATE ucs2_bin", varchar("ucs2_bin"), text, &["0x00610062", "0x00310032", "", "0x65E5"]);
    add("bn", "BINARY(4)", ColumnType::Binary { length: 4 }, Family::Bytes, &["0x00000000", "0x61626300", "0xFFFFFFFF", "NULL"]);
    add(
        "vbn",
        "VARBINARY(60)",
        ColumnType::Varbinary { length: 60 },
        Family::Bytes,
        &["0x", "0x616263", "0xFF00", "0x3132", "NULL", "0x0F0F0F0F"],
    );
    add("bl", "BLOB", ColumnType::Blob { width: TextWidth::Regular }, Family::Bytes, &["0x616263", "0x31", "0xC3A9", "NULL"]);
    let labels = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>();
    let ci = collation("utf8mb4_0900_ai_ci");
    add(
        "en",
        "ENUM('month','quarter','Year','补报') COLLATE utf8mb4_0900_ai_ci",
        ColumnType::Enum { labels: labels(&["month", "quarter", "Year", "补报"]), collation: ci },
        text,
        &["1", "2", "3", "4", "NULL", "0"],
    );
    add(
        "st",
        "SET('a','B','é') COLLATE utf8mb4_0900_ai_ci",
        ColumnType::Set { labels: labels(&["a", "B", "é"]), collation: ci },
        text,
        &["0", "1", "7", "5", "NULL"],
    );
    let json = Family::Json;
    add(
        "js",
        "JSON",
        ColumnType::Json,
        json,
        &[
            "CAST('{\"a\": 1, \"b\": {\"c\": [1, 2.5, \"x\", null, true]}, \"k k\": \"v\"}' AS JSON)",
            "CAST('[1, 2, 3, [4, [5]], {\"a\": \"abc\"}]' AS JSON)",
            "CAST('null' AS JSON)",
            "NULL",
            "CAST('\"2020-02-29\"' AS JSON)",
            "CAST('\"12\"' AS JSON)",
            "CAST('18446744073709551615' AS JSON)",
            "CAST('-1.5e300' AS JSON)",
            "CAST('0' AS JSON)",
            "json_object('d', DATE '2020-02-29', 't', TIME '-12:34:56.5', 'n', 1.50, 'x', x'FF00', 'dt', TIMESTAMP '2020-02-29 12:34:56.789')",
            "CAST('{}' AS JSON)",
            "json_array(1.50, 1e0, -0e0, 9223372036854775808, 4294967296, NULL, TRUE)",
            "CAST('\"10abc\"' AS JSON)",
            "CAST('{\"a\": {\"a\": {\"a\": [{\"b\": 1}, {\"b\": [2, {\"a\": 3}]}]}}}' AS JSON)",
            "CAST('[{\"a\": 1}, {\"a\": 2, \"b\": \"a%c\"}, []]' AS JSON)",
            "CAST('true' AS JSON)",
            "CAST(1.50 AS JSON)",
            "CAST(TIMESTAMP '2020-02-29 12:34:56' AS JSON)",
            "CAST('{\"é\": \"日本\", \"a\": \"12:34:56.5\", \"b\": \"2020-02-29 10:11:12.5678915\"}' AS JSON)",
            "CAST('{\"a\": \"x\\\\ny\\\\\"z\", \"b\": \"5\", \"d\": \"1.5x\"}' AS JSON)",
            "CAST('[]' AS JSON)",
            "CAST('\"a\"' AS JSON)",
            "CAST('{\"a\": -5.5, \"b\": [\"a\", \"B\", 10, 9], \"n\": 99999999999}' AS JSON)",
            "CAST('[[1, 2], [1, 2], 3, \"3\", 3.0]' AS JSON)",
            "CAST(x'4142' AS JSON)",
        ],
    );
    add(
        "j2",
        "JSON",
        ColumnType::Json,
        json,
        &["CAST('[1, \"a\", {\"a\": 1}]' AS JSON)", "CAST('{\"a\": 1, \"b\": 2}' AS JSON)", "CAST('1' AS JSON)", "CAST('false' AS JSON)"],
    );
    add(
        "jt",
        "TEXT COLLATE utf8mb4_0900_ai_ci",
        ColumnType::Text { width: TextWidth::Regular, collation: ci },
        text,
        &[
            "{\"a\":1,\"b\":[1,2,{\"c\":\"x\"}]}",
            "[1, 2.0, 3e2]",
            "\"abc\"",
            "12",
            "NULL",
            "null",
            " true ",
            "{\"bb\":1,\"a\":2,\"bb\":3}",
            "[[[]]]",
            "{\"é\":\"日本\"}",
            "-0",
            "9007199254740993.0",
            "0.1",
            "0x225C75303034315C6E22",
            "123456789012345678901234567890",
            "{\"a\":\"2020-02-29 12:34:56\",\"d\":-1.25}",
        ],
    );
    add(
        "jx",
        "TEXT COLLATE utf8mb4_0900_ai_ci",
        ColumnType::Text { width: TextWidth::Regular, collation: ci },
        text,
        &["{\"a\":", "[1, 2]", "NULL", "not json", "", "{\"a\": \"x\"}", "[1e400]"],
    );
    columns
}

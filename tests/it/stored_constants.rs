//! A constant of a test is stored as MySQL 9.7 stores it in strict mode: the same value, or refused by both.

use rowgate::{
    mapping::expr::store,
    schema::{ServerVersion, read_schema_file},
};

use crate::{
    server::{Kind, Server},
    stored_value::{answered, decoded, expression},
};

/// Columns of every type: name, definition, and the type that information_schema gives.
const COLUMNS: [(&str, &str, &str); 31] = [
    ("tiny", "TINYINT", "tinyint"),
    ("utiny", "TINYINT UNSIGNED", "tinyint"),
    ("medium", "MEDIUMINT", "mediumint"),
    ("plain", "INT", "int"),
    ("big", "BIGINT", "bigint"),
    ("ubig", "BIGINT UNSIGNED", "bigint"),
    ("dec52", "DECIMAL(5,2)", "decimal"),
    ("udec", "DECIMAL(5,2) UNSIGNED", "decimal"),
    ("dec65", "DECIMAL(65,30)", "decimal"),
    ("flt", "FLOAT", "float"),
    ("dbl", "DOUBLE", "double"),
    ("bits", "BIT(9)", "bit"),
    ("yr", "YEAR", "year"),
    ("day", "DATE", "date"),
    ("tm", "TIME", "time"),
    ("tm2", "TIME(2)", "time"),
    ("dt", "DATETIME", "datetime"),
    ("dt3", "DATETIME(3)", "datetime"),
    ("ts", "TIMESTAMP NULL", "timestamp"),
    ("ts6", "TIMESTAMP(6) NULL", "timestamp"),
    ("ch", "CHAR(3)", "char"),
    ("vc", "VARCHAR(3)", "varchar"),
    ("latin", "VARCHAR(3) CHARACTER SET latin1", "varchar"),
    ("chinese", "VARCHAR(3) CHARACTER SET gbk", "varchar"),
    ("txt", "TINYTEXT", "tinytext"),
    ("bin", "BINARY(3)", "binary"),
    ("vbin", "VARBINARY(3)", "varbinary"),
    ("blb", "BLOB", "blob"),
    ("en", "ENUM('a', 'B', '10', 'é')", "enum"),
    ("st", "SET('x', 'Y', 'z')", "set"),
    ("js", "JSON", "json"),
];

const CONSTANTS: [&str; 83] = [
    "0",
    "1",
    "-1",
    "127",
    "128",
    "255",
    "256",
    "-129",
    "8388607",
    "8388608",
    "2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1.5",
    "-1.5",
    "2.5",
    "0.004",
    "0.005",
    "999.994",
    "999.995",
    "1e3",
    "1.5e0",
    "2.5e0",
    "-0.5e0",
    "1e40",
    "1e-5",
    "TRUE",
    "''",
    "' '",
    "'a'",
    "'b  '",
    "'A'",
    "'é'",
    "'漢字'",
    "'abc'",
    "'abcd'",
    "'abc  '",
    "'x,y'",
    "'Y,x'",
    "'x,w'",
    "'1'",
    "'10'",
    "' 12 '",
    "'12abc'",
    "'1.5'",
    "'1e2'",
    "'-1'",
    "'2024'",
    "'69'",
    "'70'",
    "'0'",
    "1901",
    "2155",
    "2156",
    "24",
    "70",
    "'2024-02-29'",
    "'2024-02-30'",
    "'2023-13-01'",
    "'20240229'",
    "20240229",
    "20240229101112",
    "'2024-02-29 10:11:12.5678'",
    "'24-2-9'",
    "'0000-00-00'",
    "'1969-12-31'",
    "'1970-01-01 00:00:01'",
    "'2038-01-19 03:14:07'",
    "'10:11:12.567'",
    "'-838:59:59'",
    "'839:00:00'",
    "'1 10:00'",
    "101112",
    "'10:61:00'",
    "DATE '2024-02-29'",
    "TIMESTAMP '2024-02-29 10:11:12.567'",
    "TIME '10:11:12.567'",
    "0x41",
    "0x414243",
    "b'101'",
    "'{\"b\": [1, 2.5], \"a\": null}'",
];

/// What is stored, or refused, otherwise than by the server, and why that is as it should be.
fn differs_on_purpose(column: &str, data_type: &str, constant: &str) -> bool {
    let is_real = matches!(constant, "1e3" | "-0.5e0");
    match data_type {
        // The date would be that of the clock.
        "date" | "datetime" | "timestamp" | "year" if constant.starts_with("TIME ") => true,
        // The error value of an ENUM, which another `sql_mode` stores.
        "enum" => matches!(constant, "0" | "0.004" | "0.005" | "-0.5e0" | "1e-5"),
        // A text that is no time, stored as 0 without a word.
        "time" => matches!(constant, "''" | "' '" | "'1e2'"),
        // A fraction of the second zero of the day zero.
        "datetime" | "timestamp" => matches!(constant, "0.004" | "0.005" | "1e-5"),
        // A floating number loses digits until the column holds its text.
        "char" | "varchar" | "binary" | "varbinary" => is_real && column != "txt",
        _ => false,
    }
}

#[test]
fn constants_are_stored_as_mysql_stores_them() {
    let server = Server::shared(Kind::MySql97);
    let schema = server.new_schema("stored_constants");
    let definitions: Vec<String> = COLUMNS.iter().map(|(name, ty, _)| format!("`{name}` {ty}")).collect();
    let create = format!("CREATE TABLE {schema}.t (id INT PRIMARY KEY AUTO_INCREMENT, {}) CHARACTER SET utf8mb4", definitions.join(", "));
    server.run(&create);
    let (history, problems) = read_schema_file(&create, ServerVersion::MYSQL_9_7);
    assert!(problems.is_empty(), "{problems:?}");
    let table = history.tables().next().expect("the file creates a table").clone();
    let (mut wrong, mut stored, mut refused) = (Vec::new(), 0, 0);
    for (name, _, data_type) in COLUMNS {
        let column = table.columns.iter().find(|column| column.name == name).expect("the table has it");
        let strict = "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES', time_zone = '+00:00';";
        let select = expression(Kind::MySql97, name, data_type);
        let statements: Vec<String> = CONSTANTS
            .iter()
            .map(|constant| {
                format!("{strict} DELETE FROM {schema}.t; INSERT INTO {schema}.t (`{name}`) VALUES ({constant}); SELECT {select} FROM {schema}.t")
            })
            .collect();
        for (constant, answer) in CONSTANTS.iter().zip(server.query_each(&statements)) {
            let tree = dsl::parse_expression(constant).expect("it is an expression");
            let ours = store(&tree, &column.ty).map(|array| decoded(&array, 0, &column.ty));
            let theirs = answer.map(|lines| lines.last().filter(|line| *line != "NULL").map(|line| answered(line.as_bytes())));
            match (&ours, &theirs) {
                (Ok(ours), Ok(theirs)) if ours == theirs => stored += 1,
                (Err(_), Err(_)) => refused += 1,
                _ if differs_on_purpose(name, data_type, constant) => {}
                _ => {
                    let show = |value: &Option<Vec<u8>>| value.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
                    let ours = ours.as_ref().map(show).map_err(|found| found[0].message.clone());
                    wrong.push(format!("{name} = {constant}: ours {ours:?}, MySQL's {:?}", theirs.as_ref().map(show)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), COLUMNS.len() * CONSTANTS.len(), wrong.join("\n"));
    assert!(stored > 800 && refused > 300, "{stored} stored, {refused} refused by both");
}

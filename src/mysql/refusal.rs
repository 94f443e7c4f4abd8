//! A server's word for an error: its number, and its message without the cell values in it (INV-7).

use crate::fault::FaultClass;

/// What a server says when it refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (error {code})")]
pub struct Refusal {
    /// The server's number, as in the manual's list of errors.
    pub code: u16,
    /// SQLSTATE.
    pub state: String,
    /// The server's words, as far as they hold no cell value.
    pub message: String,
    class: FaultClass,
}

/// Errors that pass by themselves, or when somebody mends the server while we wait.
const TRANSIENT: [u16; 40] = [
    1020, 1021, 1037, 1040, 1041, 1047, 1053, 1080, 1152, 1158, 1159, 1160, 1161, 1180, 1184, 1203, 1205, 1206, 1213, 1226, 1317, 1412,
    1613, 1614, 1615, 1637, 1689, 1792, 1836, 1927, 1969, 3024, 3032, 3058, 3100, 3101, 3168, 3169, 3572, 4031,
];

/// Errors after which the server has ended the session, or is about to.
const SESSION_ENDS: [u16; 9] = [1040, 1053, 1080, 1152, 1184, 1927, 3032, 3169, 4031];

/// Errors in the text of a statement that is ours.
const DEFECT: [u16; 8] = [1046, 1064, 1065, 1110, 1136, 1149, 1222, 1248];

/// `ER_DUP_ENTRY`, `ER_DUP_ENTRY_WITH_KEY_NAME`.
const DUPLICATE: [u16; 2] = [1062, 1586];

/// `ER_OPTION_PREVENTS_STATEMENT`: read-only is one option among several.
const PREVENTED: u16 = 1290;

/// `ER_SIGNAL_EXCEPTION`.
const SIGNAL: u16 = 1644;

/// Errors whose messages name users, hosts, schemas, tables, columns, constraints, settings and places in a binlog, but no value.
const PLAIN: [u16; 89] = [
    1040, 1044, 1045, 1046, 1047, 1048, 1049, 1050, 1051, 1053, 1054, 1060, 1061, 1067, 1068, 1071, 1072, 1091, 1101, 1109, 1114, 1118,
    1129, 1130, 1136, 1142, 1143, 1146, 1148, 1153, 1175, 1193, 1203, 1205, 1213, 1215, 1226, 1227, 1235, 1236, 1251, 1264, 1265, 1273,
    1286, 1290, 1298, 1317, 1347, 1356, 1364, 1370, 1396, 1406, 1410, 1412, 1419, 1451, 1452, 1524, 1615, 1665, 1698, 1785, 1792, 1820,
    1836, 1862, 1927, 1969, 3024, 3032, 3058, 3072, 3105, 3118, 3159, 3169, 3572, 3730, 3750, 3819, 3948, 4025, 4031, 4052, 4078, 4151,
    4166,
];

impl Refusal {
    pub(super) fn new(code: u16, state: String, message: &str) -> Self {
        let class = class_of(code, message);
        Self { code, state, message: without_values(code, message), class }
    }

    /// Whether another attempt can do better.
    pub fn class(&self) -> FaultClass {
        self.class
    }

    /// The key that a row is in already, for errors about duplicates. MySQL writes the table before it.
    pub fn duplicate_key(&self) -> Option<&str> {
        if !DUPLICATE.contains(&self.code) {
            return None;
        }
        self.message.split('`').nth(1)
    }

    pub(super) fn ends_session(&self) -> bool {
        SESSION_ENDS.contains(&self.code)
    }
}

fn class_of(code: u16, message: &str) -> FaultClass {
    let read_only = code == PREVENTED && (message.contains("read-only") || message.contains("read_only"));
    if read_only || TRANSIENT.contains(&code) {
        FaultClass::Transient
    } else if DEFECT.contains(&code) {
        FaultClass::Defect
    } else {
        FaultClass::Definite
    }
}

/// The message of an error without what may be a cell's value.
///
/// Of messages that are not known to be free of values the words before the first quote, colon or digit are kept, and the column
/// at the end: `Incorrect integer value: 'x' for column 'c' at row 1`, `Table has no partition for value 7`. What a trigger or a routine
/// says may be anything.
pub(super) fn without_values(code: u16, message: &str) -> String {
    if PLAIN.contains(&code) {
        return message.to_owned();
    }
    if DUPLICATE.contains(&code) {
        // The value stands first and may hold anything; the name of the key is what stands last.
        let key = message.rsplit_once("for key ").map_or("", |(_, key)| key.trim_matches('\''));
        return format!("duplicate entry for key `{key}`");
    }
    if code == SIGNAL {
        return "a trigger or a routine refuses it".to_owned();
    }
    let begins_value = |character: char| matches!(character, ':' | '\'' | '"' | '`' | '(' | '-') || character.is_ascii_digit();
    let head = message.find(begins_value).map_or(message, |end| message[..end].trim_end());
    let column = message.rfind(" for column ").map(|at| &message[at..]).filter(|tail| ends_with_row(tail));
    match column {
        Some(column) if column.len() + head.len() <= message.len() => format!("{head}{column}"),
        _ => head.to_owned(),
    }
}

fn ends_with_row(tail: &str) -> bool {
    tail.rsplit_once(" at row ").is_some_and(|(_, row)| !row.is_empty() && row.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(code: u16, message: &str) -> String {
        Refusal::new(code, "HY000".to_owned(), message).message
    }

    #[test]
    fn messages_lose_values_and_keep_names() {
        let duplicate = Refusal::new(1062, "23000".to_owned(), "Duplicate entry 'a' for key 'b' for key 't.u'");
        assert_eq!(duplicate.message, "duplicate entry for key `t.u`");
        assert_eq!(duplicate.duplicate_key(), Some("t.u"));
        let incorrect = "Incorrect integer value: 'secret' for column `s`.`t`.`a` at row 1";
        assert_eq!(message(1366, incorrect), "Incorrect integer value for column `s`.`t`.`a` at row 1");
        assert_eq!(message(1292, "Truncated incorrect DOUBLE value: 'secret for column x'"), "Truncated incorrect DOUBLE value");
        assert_eq!(message(1690, "BIGINT UNSIGNED value is out of range in '(1 - 2)'"), "BIGINT UNSIGNED value is out of range in");
        let syntax = "You have an error in your SQL syntax; check the manual … near 'secret' at line 1";
        assert!(!message(1064, syntax).contains("secret"));
        assert_eq!(message(1526, "Table has no partition for value 4711"), "Table has no partition for value");
        assert_eq!(message(1526, "Table has no partition for value -4711"), "Table has no partition for value");
        assert_eq!(message(1644, "the card of Ms Smith is blocked"), "a trigger or a routine refuses it");
        assert_eq!(message(1406, "Data too long for column 'c' at row 1"), "Data too long for column 'c' at row 1");
    }

    #[test]
    fn locks_and_read_only_servers_pass_and_privileges_stay() {
        let class = |code, message: &str| Refusal::new(code, String::new(), message).class();
        assert_eq!(class(1213, "Deadlock found"), FaultClass::Transient);
        assert_eq!(class(1205, "Lock wait timeout exceeded"), FaultClass::Transient);
        let prevented = |option: &str| format!("The MySQL server is running with the {option} option so it cannot execute this statement");
        assert_eq!(class(1290, &prevented("--super-read-only")), FaultClass::Transient);
        assert_eq!(class(1290, &prevented("--secure-file-priv")), FaultClass::Definite);
        assert_eq!(class(1045, "Access denied"), FaultClass::Definite);
        assert_eq!(class(1062, "Duplicate entry"), FaultClass::Definite);
        assert_eq!(class(1064, "You have an error"), FaultClass::Defect);
        assert_eq!(class(9999, "who knows"), FaultClass::Definite);
    }
}

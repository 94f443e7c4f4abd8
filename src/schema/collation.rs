//! Charsets and collations by name and by the number the binlog uses.

/// A collation by its full name, such as `utf8mb4_0900_ai_ci`; `binary` for byte strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Collation {
    name: &'static str,
    charset: Charset,
}

/// The charset of a text value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Charset(&'static str);

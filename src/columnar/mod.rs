//! MySQL's types in Arrow, exact, and back to the text that MySQL prints.
//!
//! | MySQL | Arrow | remark |
//! |---|---|---|
//! | TINYINT … BIGINT \[UNSIGNED\] | Int8 … Int64, UInt8 … UInt64 | MEDIUMINT in 32 bits |
//! | DECIMAL(p, s) | Decimal128(p, s); Decimal256(p, s) from p = 39 | |
//! | FLOAT, DOUBLE | Float32, Float64 | bits kept |
//! | BIT(n) | UInt64 | |
//! | YEAR | UInt16 | 0 is the zero year |
//! | DATE | UInt32 | `year << 9 \| month << 5 \| day`: zero and partial dates have no day number |
//! | TIME | Duration(µs) | ±838:59:59.999999 |
//! | DATETIME | UInt64 | `((year × 13 + month) << 5 \| day) << 17 \| hour << 12 \| minute << 6 \| second`, then `<< 24 \| µs` |
//! | TIMESTAMP | Timestamp(µs, "+00:00") | 0 is the zero timestamp, which no real one can be |
//! | CHAR, VARCHAR, TEXT | Binary | the bytes in the column's charset |
//! | BINARY, VARBINARY, BLOB, GEOMETRY, VECTOR, UUID, INET4, INET6 | Binary | as stored; BINARY padded to its length |
//! | JSON | Binary | MySQL's binary form; read by [`json`] |
//! | ENUM | UInt16 | the label's number, 0 the error value |
//! | SET | UInt64 | a bit for each label |

mod arrow_type;
mod decimal;
mod float;
pub mod json;
mod temporal;
mod text;

pub use arrow_type::arrow_type;
pub use decimal::{DecimalForm, write_decimal};
pub use float::{write_double, write_double_literal, write_float};
pub use temporal::{Date, DateTime, Time};
pub use text::{CellText, Printed, write_hex, write_text};

//! Three-valued logic.

use super::{Family, Function};

pub(super) const FAMILY: Family = Family { name: "logic", functions: FUNCTIONS, pending: &[] };

const FUNCTIONS: &[Function] = &[
    Function::new(&["and", "&&"], "a AND b, a && b", "0 where one is false, else NULL where one is NULL", ("NULL AND 0", "0")),
    Function::new(&["or", "||"], "a OR b, a || b", "1 where one is true, else NULL where one is NULL; joins no texts", ("NULL OR 1", "1")),
    Function::new(&["xor"], "a XOR b", "whether one alone is true", ("1 XOR 1", "0")),
    Function::new(&["not", "!"], "NOT a, !a", "whether it is false", ("NOT 5", "0")),
];

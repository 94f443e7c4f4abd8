//! The codes of problems that show only when a mapping meets its tables, its options or its neighbours.

use crate::diagnostic::Code;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        impl Code {
            $($(#[$doc])* pub const $name: Self = Self($text);)*

            /// The codes of binding, in the order of their registration; a part of `Code::ALL`.
            pub const OF_BINDING: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

codes! {
    /// A name is no column of the table (or of the target, in `KEY`).
    UNKNOWN_COLUMN = "unknown_column";
    /// A qualifier names neither the table nor its alias.
    UNKNOWN_QUALIFIER = "unknown_qualifier";
    /// Two columns of a select list or of `KEY` have one name.
    DUPLICATE_COLUMN = "duplicate_column";
    /// A select list leaves nothing.
    EMPTY_SELECT_LIST = "empty_select_list";
    /// A target name is empty, too long, or ends in a space.
    BAD_NAME = "bad_name";
    /// Two mappings of one pipeline have one name.
    DUPLICATE_MAPPING = "duplicate_mapping";
    /// A mapping reads no table that is known.
    UNKNOWN_TABLE = "unknown_table";
    /// The select list loses a part of the source's key, and no `KEY` says what identifies a target row.
    LOST_KEY = "lost_key";
    /// A column of the target's key may be NULL.
    NULLABLE_KEY = "nullable_key";
    /// Rows of several places or tables may share one target key.
    KEY_COLLISION = "key_collision";
    /// `WHERE` is never true.
    NEVER_TRUE = "never_true";
    /// A part of `ROUTE TO` may be NULL.
    NULLABLE_ROUTE = "nullable_route";
    /// `ON` names a server that is not configured.
    UNKNOWN_SERVER = "unknown_server";
    /// A mapping has no `ON`, and there are several servers.
    MISSING_SERVER = "missing_server";
    /// `_` in `FROM LIKE` is a wildcard.
    LIKE_UNDERSCORE = "like_underscore";
    /// A `FROM REGEXP` pattern is none.
    BAD_REGEXP = "bad_regexp";
    /// `WITH` names an option that does not exist.
    UNKNOWN_OPTION = "unknown_option";
    /// An option's value is not one of its words.
    BAD_OPTION_VALUE = "bad_option_value";
    /// An option stands twice in one `WITH`.
    DUPLICATE_OPTION = "duplicate_option";
}

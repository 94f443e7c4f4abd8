//! The register of codes: one line a code, never reused and never renumbered. R0 is syntax, R1 names and
//! options, R2 types and functions, R3 routes, keys and policies, R4 tests. `CODES.md` has a page for each.

use crate::diagnostic::Code;

macro_rules! codes {
    ($($name:ident = $text:literal, $title:literal;)*) => {
        impl Code {
            $(#[doc = concat!($text, ": ", $title, ".")] pub const $name: Self = Self($text);)*

            /// Every code, in the order of the register.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// A few words that say what the code stands for.
            pub fn title(self) -> &'static str {
                match self.0 {
                    $($text => $title,)*
                    _ => "",
                }
            }
        }
    };
}

codes! {
    SYNTAX = "R0001", "the text is not a rule";
    UNEXPECTED_CHARACTER = "R0002", "a character belongs to no word, number or sign";
    UNCLOSED_TEXT = "R0003", "a text or a name in quotes is never closed";
    UNCLOSED_COMMENT = "R0004", "a comment is never closed";
    UNCLOSED_PARENTHESIS = "R0005", "a parenthesis is never closed";
    UNKNOWN_STATEMENT = "R0006", "a statement is neither a mapping nor a table";
    MISSING_CLAUSE = "R0007", "a clause is missing";
    CLAUSE_ORDER = "R0008", "a clause stands in the wrong place";
    DUPLICATE_CLAUSE = "R0009", "a clause stands twice";
    UNKNOWN_CLAUSE = "R0010", "a clause of SQL that rules do not have";
    MISSING_ALIAS = "R0011", "an expression of the select list has no name";
    MISSING_SCHEMA = "R0012", "the source table names no schema";
    BAD_LITERAL = "R0013", "a constant is written wrongly";
    BAD_CAST_TYPE = "R0014", "a type that CAST does not know";
    TOO_DEEP = "R0015", "an expression is nested too deeply";
    TOO_LARGE = "R0016", "the file is too large";
    EXECUTED_COMMENT = "R0017", "a comment that servers execute";
    MISSING_SEMICOLON = "R0018", "two statements without a semicolon between them";
    JOIN = "R0019", "a mapping reads one table";
    // R0020 to R0023 said that LOOKUP, FOR, WHEN and TEST were not available; no code is given a second meaning.
    SUBQUERY = "R0030", "subqueries are not available";
    AGGREGATE = "R0031", "aggregates are not available";
    WINDOW = "R0032", "window functions are not available";
    VARIABLE = "R0033", "variables are not available";
    PLACEHOLDER = "R0034", "placeholders are not available";
    ASSIGNMENT = "R0035", "assignments are not available";
    ROW_CONSTRUCTOR = "R0036", "rows of values are not available";
    // R0037 named operators that rules did not have yet.
    UNSUPPORTED_FORM = "R0038", "a form of expression that rules do not have";

    UNKNOWN_COLUMN = "R1001", "a name is no column of the table, or of the target in KEY";
    UNKNOWN_QUALIFIER = "R1002", "a qualifier names neither the table nor its alias";
    DUPLICATE_COLUMN = "R1003", "two columns of a select list or of KEY have one name";
    EMPTY_SELECT_LIST = "R1004", "a select list leaves nothing";
    BAD_NAME = "R1005", "a target name is empty, too long, or ends in a space";
    DUPLICATE_MAPPING = "R1006", "two mappings of one pipeline have one name";
    UNKNOWN_TABLE = "R1007", "a mapping reads no table that is known";
    LIKE_UNDERSCORE = "R1008", "an underscore in FROM LIKE is a wildcard";
    BAD_REGEXP = "R1009", "a pattern of FROM REGEXP is none";
    UNKNOWN_OPTION = "R1010", "an option that does not exist";
    BAD_OPTION_VALUE = "R1011", "the value of an option is not one of its words";
    DUPLICATE_OPTION = "R1012", "an option stands twice in one WITH";
    UNKNOWN_SERVER = "R1013", "ON names a server that is not configured";
    AMBIGUOUS_NAME = "R1014", "a name means more than one column";
    PATTERN_MATCHES_NOTHING = "R1015", "a pattern of FROM matches no table";
    IMAGE_OUTSIDE_WHEN = "R1020", "before. and after. stand in WHEN only";
    BARE_COLUMN_IN_WHEN = "R1021", "a column in WHEN without before. or after.";
    UNKNOWN_LOOKUP = "R1022", "no lookup of that name is configured";

    UNKNOWN_FUNCTION = "R2001", "no function of that name";
    UNSUPPORTED_FUNCTION = "R2002", "a function of MySQL that rules do not have yet";
    WRONG_ARGUMENT_COUNT = "R2003", "a function is called with too few or too many arguments";
    TYPE_MISMATCH = "R2004", "a value of a type that does not fit here";
    UNSUPPORTED_COLLATION = "R2005", "a collation that cannot be compared in yet";
    NONDETERMINISTIC_FUNCTION = "R2006", "a function that differs at each replay";
    UNKNOWN_CHARSET = "R2007", "no charset or collation of that name";
    COLLATION_CONFLICT = "R2008", "two collations meet in one comparison";
    CONSTANT_OUT_OF_RANGE = "R2009", "a constant that no type holds";
    UNSUPPORTED_TYPE = "R2010", "a column of a type that expressions cannot read yet";
    UNSUPPORTED_PATTERN = "R2020", "a pattern that cannot be read as MySQL reads it";
    BAD_JSON_PATH = "R2021", "a JSON path that cannot be read, or names what it may not";
    COMPUTED_JSON_PATH = "R2022", "a JSON path that is no constant";
    LOOKUP_CONDITION = "R2023", "ON of a lookup is no equality of its columns with the row";

    LOST_KEY = "R3001", "the select list loses a part of the key";
    NULLABLE_KEY = "R3002", "a column of the target's key may be NULL";
    KEY_COLLISION = "R3003", "rows of several places may share one target key";
    NEVER_TRUE = "R3004", "WHERE is never true";
    NULLABLE_ROUTE = "R3005", "a part of ROUTE TO may be NULL";
    MISSING_SERVER = "R3006", "no ON, and there are several servers";
    ROUTE_NOT_TEXT = "R3007", "a part of ROUTE TO is no text";
    NO_IDENTITY = "R3008", "the source table has no key";
    GENERATED_COLUMN = "R3009", "a generated column cannot be written";
    PARTIAL_IMAGE = "R3010", "a column that partial row images lack";
    SYSTEM_VERSIONED = "R3011", "the source table keeps the history of its rows";
    SHARED_ROW = "R3020", "two mappings may write one target row";
    MOVING_ROUTE = "R3021", "a route depends on a column that may change";
    UNKNOWN_TARGET = "R3022", "a target table is not defined";
    UNKNOWN_TARGET_COLUMN = "R3023", "the target table lacks a column";
    UNFIT_VALUE = "R3024", "a value does not fit its target column";
    MISSING_VALUE = "R3025", "a column of the target gets no value";
    NO_TARGET_INDEX = "R3026", "no index of the target finds the rows of the key";
    EVENT_MAPPING = "R3040", "an event mapping is no view of its table";
    ABSENT_IMAGE = "R3041", "WHEN asks for an image that no change has";
    KEYLESS_EVENTS = "R3042", "an event mapping without a key may only insert";
    LOOKUP_KEY_TWICE = "R3045", "two rows of a lookup have one key";

    TEST_NOT_CONSTANT = "R4001", "a value of a test is no constant";
    TEST_MISFIT = "R4002", "a constant of a test does not fit its column";
    TEST_PLACE = "R4003", "a test expects a place that no mapping of its file fills";
    TEST_READS_NOTHING = "R4004", "a test changes a table that no mapping of its file reads";
    TEST_REASON = "R4005", "a test expects an error that does not exist";
    DUPLICATE_TEST = "R4006", "two tests of a file have one name";
}

impl Code {
    /// The code of that text, in either case: `R1001`.
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.0.eq_ignore_ascii_case(text.trim()))
    }

    /// The page of `CODES.md` about the code, as Markdown without its heading.
    pub fn explanation(self) -> &'static str {
        let heading = format!("## {} ", self.0);
        let page = PAGES.find(&heading).and_then(|at| PAGES.get(at + heading.len()..)).unwrap_or("");
        let body = page.split_once('\n').map_or("", |(_, body)| body);
        body.split("\n## ").next().unwrap_or("").trim()
    }
}

const PAGES: &str = include_str!("../CODES.md");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_code_is_given_twice() {
        let texts: BTreeSet<_> = Code::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), Code::ALL.len());
    }

    #[test]
    fn every_code_has_a_page_under_its_title() {
        for code in Code::ALL {
            assert!(PAGES.contains(&format!("## {code} {}\n", code.title())), "no page for {code}");
            assert!(code.explanation().len() > 40, "the page of {code} says too little");
        }
        assert_eq!(PAGES.matches("\n## ").count(), Code::ALL.len(), "a page without a code");
    }

    #[test]
    fn a_code_is_found_in_either_case() {
        assert_eq!(Code::find("r1001"), Some(Code::UNKNOWN_COLUMN));
        assert_eq!(Code::find("R9999"), None);
    }
}

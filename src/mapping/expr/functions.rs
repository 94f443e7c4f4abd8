//! The functions by name: what is known, what is refused and why.

use dsl::{Code, Name, Span};

use super::bind::{Binder, Failed};
use super::typed::Typed;
use super::{arithmetic, conditional, date_format, hash, letter_case, numeric, text};
use dsl::nearest;

type Bind = fn(&mut Binder<'_>, &[Typed], Span) -> Result<Typed, Failed>;

/// A function of the language.
struct Function {
    name: &'static str,
    least: usize,
    most: usize,
    bind: Bind,
}

const MANY: usize = usize::MAX;

const fn function(name: &'static str, least: usize, most: usize, bind: Bind) -> Function {
    Function { name, least, most, bind }
}

const FUNCTIONS: &[Function] = &[
    function("abs", 1, 1, numeric::abs),
    function("ceil", 1, 1, numeric::ceiling),
    function("ceiling", 1, 1, numeric::ceiling),
    function("char_length", 1, 1, text::char_length),
    function("character_length", 1, 1, text::char_length),
    function("coalesce", 1, MANY, conditional::coalesce),
    function("concat", 1, MANY, text::concat),
    function("concat_ws", 2, MANY, text::concat_ws),
    function("crc32", 1, 1, hash::crc32),
    function("date_format", 2, 2, date_format::date_format),
    function("floor", 1, 1, numeric::floor),
    function("if", 3, 3, conditional::if_function),
    function("ifnull", 2, 2, conditional::coalesce),
    function("lcase", 1, 1, letter_case::lower),
    function("left", 2, 2, text::left),
    function("length", 1, 1, text::length),
    function("lower", 1, 1, letter_case::lower),
    function("lpad", 3, 3, text::lpad),
    function("ltrim", 1, 1, text::trim_leading),
    function("md5", 1, 1, hash::md5),
    function("mid", 3, 3, text::substring),
    function("mod", 2, 2, arithmetic::modulo_function),
    function("month", 1, 1, date_format::month),
    function("nullif", 2, 2, conditional::nullif),
    function("octet_length", 1, 1, text::length),
    function("replace", 3, 3, text::replace),
    function("right", 2, 2, text::right),
    function("round", 1, 2, numeric::round),
    function("rtrim", 1, 1, text::trim_trailing),
    function("sha2", 2, 2, hash::sha2),
    function("substr", 2, 3, text::substring),
    function("substring", 2, 3, text::substring),
    function("trim", 1, 1, text::trim_both),
    function("trim_both", 2, 2, text::trim_both),
    function("trim_leading", 2, 2, text::trim_leading),
    function("trim_trailing", 2, 2, text::trim_trailing),
    function("ucase", 1, 1, letter_case::upper),
    function("upper", 1, 1, letter_case::upper),
    function("year", 1, 1, date_format::year),
];

/// Functions whose value changes with time, chance or session.
const NONDETERMINISTIC: &[&str] = &[
    "connection_id",
    "curdate",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "curtime",
    "database",
    "found_rows",
    "last_insert_id",
    "localtime",
    "localtimestamp",
    "now",
    "rand",
    "random_bytes",
    "row_count",
    "session_user",
    "sleep",
    "sysdate",
    "system_user",
    "user",
    "utc_date",
    "utc_time",
    "utc_timestamp",
    "uuid",
    "uuid_short",
    "version",
];

/// Functions of MySQL that mappings do not have.
#[rustfmt::skip]
const UNSUPPORTED: &[&str] = &[
    "acos", "adddate", "addtime", "aes_decrypt", "aes_encrypt", "any_value", "ascii", "asin", "atan", "atan2",
    "bin", "bin_to_uuid", "bit_count", "bit_length", "char", "charset", "coercibility", "collation", "compress", "conv",
    "convert_tz", "cos", "cot", "date", "date_add", "date_sub", "datediff", "day", "dayname", "dayofmonth",
    "dayofweek", "dayofyear", "degrees", "elt", "exp", "export_set", "extract", "field", "find_in_set", "format",
    "format_bytes", "from_base64", "from_days", "from_unixtime", "get_format", "greatest", "hex", "hour", "inet6_aton", "inet6_ntoa",
    "inet_aton", "inet_ntoa", "insert", "instr", "interval", "is_ipv4", "is_ipv6", "is_uuid", "isnull", "json_array",
    "json_contains", "json_extract", "json_keys", "json_length", "json_object", "json_quote", "json_search", "json_type", "json_unquote", "json_valid",
    "json_value", "last_day", "least", "ln", "load_file", "locate", "log", "log10", "log2", "make_set",
    "makedate", "maketime", "microsecond", "minute", "monthname", "oct", "ord", "period_add", "period_diff", "pi",
    "position", "pow", "power", "quarter", "quote", "radians", "regexp_instr", "regexp_like", "regexp_replace", "regexp_substr",
    "repeat", "reverse", "rpad", "sec_to_time", "second", "sha", "sha1", "sign", "sin", "soundex",
    "space", "sqrt", "str_to_date", "strcmp", "subdate", "substring_index", "subtime", "tan", "time", "time_format",
    "time_to_sec", "timediff", "timestamp", "timestampadd", "timestampdiff", "to_base64", "to_days", "to_seconds", "truncate", "uncompress",
    "unhex", "unix_timestamp", "uuid_to_bin", "week", "weekday", "weekofyear", "weight_string", "yearweek",
];

/// The names of all functions that mappings have.
pub fn function_names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|function| function.name)
}

impl Binder<'_> {
    /// Types a call.
    pub(super) fn call(&mut self, name: &Name, args: &[dsl::Expr], span: Span) -> Result<Typed, Failed> {
        let Some(function) = FUNCTIONS.iter().find(|function| function.name == name.text) else {
            let _ = self.bind_all(args);
            return Err(self.no_such_function(name));
        };
        let bound = self.bind_all(args);
        if args.len() < function.least || args.len() > function.most {
            return Err(self.wrong_count(function, args.len(), span));
        }
        (function.bind)(self, &bound?, span)
    }

    fn wrong_count(&mut self, function: &Function, count: usize, span: Span) -> Failed {
        let wanted = match (function.least, function.most) {
            (1, 1) => "1 argument".to_owned(),
            (least, most) if least == most => format!("{least} arguments"),
            (least, MANY) => format!("{least} or more arguments"),
            (least, most) => format!("{least} to {most} arguments"),
        };
        self.error(Code::WRONG_ARGUMENT_COUNT, format!("`{}` takes {wanted}, not {count}", function.name), span)
    }

    fn no_such_function(&mut self, name: &Name) -> Failed {
        let text = name.text.as_str();
        if NONDETERMINISTIC.contains(&text) {
            let message = format!("`{text}()` differs at each replay");
            return self.error_with(Code::NONDETERMINISTIC_FUNCTION, message, name.span, "Compare with a column or a constant.");
        }
        if UNSUPPORTED.contains(&text) {
            return self.error(Code::UNSUPPORTED_FUNCTION, format!("MySQL's `{text}` is not supported in mappings yet"), name.span);
        }
        let message = format!("`{text}` is not a function");
        match nearest(text, function_names()) {
            Some(near) => self.error_with(Code::UNKNOWN_FUNCTION, message, name.span, &format!("Did you mean `{near}`?")),
            None => self.error(Code::UNKNOWN_FUNCTION, message, name.span),
        }
    }
}

//! The functions by name: what is known, what is refused and why.

use dsl::{Code, Name, Span};

use super::bind::{Binder, Failed};
use super::typed::Typed;
use super::{arithmetic, conditional, date_format, fill, hash, json, letter_case, numeric, radix, search, text};
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
    function("ascii", 1, 1, radix::ascii),
    function("bin", 1, 1, radix::bin),
    function("bit_count", 1, 1, radix::bit_count),
    function("ceil", 1, 1, numeric::ceiling),
    function("ceiling", 1, 1, numeric::ceiling),
    function("char_length", 1, 1, text::char_length),
    function("character_length", 1, 1, text::char_length),
    function("coalesce", 1, MANY, conditional::coalesce),
    function("concat", 1, MANY, text::concat),
    function("concat_ws", 2, MANY, text::concat_ws),
    function("conv", 3, 3, radix::conv),
    function("crc32", 1, 1, hash::crc32),
    function("date_format", 2, 2, date_format::date_format),
    function("elt", 2, MANY, search::elt),
    function("field", 2, MANY, search::field),
    function("find_in_set", 2, 2, search::find_in_set),
    function("floor", 1, 1, numeric::floor),
    function("hex", 1, 1, radix::hex),
    function("if", 3, 3, conditional::if_function),
    function("ifnull", 2, 2, conditional::coalesce),
    function("instr", 2, 2, search::instr),
    function("isnull", 1, 1, search::is_null),
    function("json_array", 0, MANY, json::array),
    function("json_array_append", 3, MANY, json::array_append),
    function("json_array_insert", 3, MANY, json::array_insert),
    function("json_contains", 2, 3, json::contains),
    function("json_contains_path", 3, MANY, json::contains_path),
    function("json_depth", 1, 1, json::depth),
    function("json_extract", 2, MANY, json::extract),
    function("json_insert", 3, MANY, json::insert),
    function("json_keys", 1, 2, json::keys),
    function("json_length", 1, 2, json::length),
    function("json_merge", 2, MANY, json::merge_preserve),
    function("json_merge_patch", 2, MANY, json::merge_patch),
    function("json_merge_preserve", 2, MANY, json::merge_preserve),
    function("json_object", 0, MANY, json::object),
    function("json_overlaps", 2, 2, json::overlaps),
    function("json_pretty", 1, 1, json::pretty),
    function("json_quote", 1, 1, json::quote),
    function("json_remove", 2, MANY, json::remove),
    function("json_replace", 3, MANY, json::replace),
    function("json_search", 3, MANY, json::search),
    function("json_set", 3, MANY, json::set),
    function("json_type", 1, 1, json::json_type),
    function("json_unquote", 1, 1, json::unquote),
    function("json_valid", 1, 1, json::valid),
    function("lcase", 1, 1, letter_case::lower),
    function("left", 2, 2, text::left),
    function("length", 1, 1, text::length),
    function("locate", 2, 3, search::locate),
    function("lower", 1, 1, letter_case::lower),
    function("lpad", 3, 3, fill::lpad),
    function("ltrim", 1, 1, text::trim_leading),
    function("md5", 1, 1, hash::md5),
    function("mid", 3, 3, text::substring),
    function("mod", 2, 2, arithmetic::modulo_function),
    function("month", 1, 1, date_format::month),
    function("nullif", 2, 2, conditional::nullif),
    function("oct", 1, 1, radix::oct),
    function("octet_length", 1, 1, text::length),
    function("ord", 1, 1, radix::ord),
    function("position", 2, 2, search::locate),
    function("repeat", 2, 2, fill::repeat),
    function("replace", 3, 3, text::replace),
    function("reverse", 1, 1, fill::reverse),
    function("right", 2, 2, text::right),
    function("round", 1, 2, numeric::round),
    function("rpad", 3, 3, fill::rpad),
    function("rtrim", 1, 1, text::trim_trailing),
    function("sha2", 2, 2, hash::sha2),
    function("sign", 1, 1, numeric::sign),
    function("space", 1, 1, fill::space),
    function("strcmp", 2, 2, search::strcmp),
    function("substr", 2, 3, text::substring),
    function("substring", 2, 3, text::substring),
    function("substring_index", 3, 3, search::substring_index),
    function("trim", 1, 1, text::trim_both),
    function("trim_both", 2, 2, text::trim_both),
    function("trim_leading", 2, 2, text::trim_leading),
    function("trim_trailing", 2, 2, text::trim_trailing),
    function("truncate", 2, 2, numeric::truncate),
    function("ucase", 1, 1, letter_case::upper),
    function("unhex", 1, 1, radix::unhex),
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

/// Functions that tell how a server stores a value, which is no property of the value.
const STORAGE: &[&str] = &["json_storage_free", "json_storage_size"];

/// Functions of MySQL that mappings do not have.
#[rustfmt::skip]
const UNSUPPORTED: &[&str] = &[
    "acos", "adddate", "addtime", "aes_decrypt", "aes_encrypt", "any_value", "asin", "atan", "atan2",
    "bin_to_uuid", "bit_length", "char", "charset", "coercibility", "collation", "compress",
    "convert_tz", "cos", "cot", "date", "date_add", "date_sub", "datediff", "day", "dayname", "dayofmonth",
    "dayofweek", "dayofyear", "degrees", "exp", "export_set", "extract", "format",
    "format_bytes", "from_base64", "from_days", "from_unixtime", "get_format", "greatest", "hour", "inet6_aton", "inet6_ntoa",
    "inet_aton", "inet_ntoa", "insert", "interval", "is_ipv4", "is_ipv6", "is_uuid", "json_schema_valid",
    "json_schema_validation_report", "last_day", "least", "ln", "load_file", "log", "log10", "log2", "make_set",
    "makedate", "maketime", "microsecond", "minute", "monthname", "period_add", "period_diff", "pi",
    "pow", "power", "quarter", "quote", "radians", "regexp_instr", "regexp_like", "regexp_replace", "regexp_substr",
    "sec_to_time", "second", "sha", "sha1", "sin", "soundex",
    "sqrt", "str_to_date", "subdate", "subtime", "tan", "time", "time_format",
    "time_to_sec", "timediff", "timestamp", "timestampadd", "timestampdiff", "to_base64", "to_days", "to_seconds", "uncompress",
    "unix_timestamp", "uuid_to_bin", "week", "weekday", "weekofyear", "weight_string", "yearweek",
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
        if STORAGE.contains(&text) {
            let message = format!("`{text}()` tells how a server stores a value, not what the value is");
            return self.error_with(Code::NONDETERMINISTIC_FUNCTION, message, name.span, "For the size of its text write `length(…)`.");
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

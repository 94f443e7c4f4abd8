//! The functions by name: what is known, what is refused and why.

use dsl::{Code, Name, Span};

use super::bind::{Binder, Failed};
use super::text;
use super::typed::Typed;
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

const FUNCTIONS: &[Function] = &[function("concat", 1, MANY, text::concat)];

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
const UNSUPPORTED: &[&str] = &["hex"];

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

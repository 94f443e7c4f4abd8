//! One function or operator, and one that is refused.

use dsl::Span;

use super::RefusalKind;
use crate::mapping::expr::bind::{Binder, Failed};
use crate::mapping::expr::typed::Typed;

/// Functions and operators that belong together.
#[derive(Debug)]
pub struct Family {
    /// Its name.
    pub name: &'static str,
    /// What there is.
    pub functions: &'static [Function],
    /// Functions of MySQL that belong here and are not available yet.
    pub pending: &'static [&'static str],
}

/// A function or an operator of the language.
#[derive(Debug)]
pub struct Function {
    /// Its names in lower case, the usual one first; an operator's sign.
    pub names: &'static [&'static str],
    /// How it is written: `ROUND(x[, places])`.
    pub signature: &'static str,
    /// One line: what it is, and what may surprise.
    pub meaning: &'static str,
    /// An expression without columns.
    pub example: &'static str,
    /// The value of the example: a number, a text in quotes, bytes in hexadecimal, or NULL.
    pub result: &'static str,
    /// How a call by name is bound; none for operators and forms with words of their own.
    pub(in crate::mapping::expr) call: Option<Call>,
}

/// How many arguments a function takes, and what types them.
#[derive(Debug, Clone, Copy)]
pub(in crate::mapping::expr) struct Call {
    pub(in crate::mapping::expr) least: usize,
    pub(in crate::mapping::expr) most: usize,
    pub(in crate::mapping::expr) bind: Bind,
}

type Bind = fn(&mut Binder<'_>, &[Typed], Span) -> Result<Typed, Failed>;

/// Any number of arguments.
pub(in crate::mapping::expr) const MANY: usize = usize::MAX;

impl Function {
    /// An operator, or a form with words between its operands. `called` makes it one that is called by name.
    pub(super) const fn new(
        names: &'static [&'static str],
        signature: &'static str,
        meaning: &'static str,
        (example, result): (&'static str, &'static str),
    ) -> Self {
        Self { names, signature, meaning, example, result, call: None }
    }

    /// A function that is called by name with `least` to `most` arguments.
    pub(super) const fn called(self, least: usize, most: usize, bind: Bind) -> Self {
        Self { call: Some(Call { least, most, bind }), ..self }
    }
}

/// A function of MySQL that mappings do not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Its name in lower case.
    pub name: &'static str,
    /// Why, as the end of a sentence: `differs at each replay`.
    pub reason: &'static str,
    /// What to do about it, if there is something.
    pub hint: Option<&'static str>,
    pub(in crate::mapping::expr) kind: RefusalKind,
}

impl Refused {
    /// One that may come.
    pub(super) const fn pending(name: &'static str) -> Self {
        Self { name, reason: "is not available yet", hint: None, kind: RefusalKind::Pending }
    }
}

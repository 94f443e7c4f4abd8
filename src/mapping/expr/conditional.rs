//! CASE, IF, IFNULL, COALESCE, NULLIF: lazy, and of the type that their branches agree on.

use dsl::{Code, Span};

use super::bind::{Binder, Failed};
use super::typed::Typed;

impl Binder<'_> {
    pub(super) fn case(
        &mut self,
        _: Option<&dsl::Expr>,
        _: &[(dsl::Expr, dsl::Expr)],
        _: Option<&dsl::Expr>,
        span: Span,
    ) -> Result<Typed, Failed> {
        Err(self.error(Code::UNSUPPORTED_FUNCTION, "`CASE` is not supported yet".into(), span))
    }

    pub(super) fn like(&mut self, _: &dsl::Expr, _: &dsl::Expr, _: Option<&dsl::Expr>, _: bool, span: Span) -> Result<Typed, Failed> {
        Err(self.error(Code::UNSUPPORTED_FUNCTION, "`LIKE` is not supported yet".into(), span))
    }
}

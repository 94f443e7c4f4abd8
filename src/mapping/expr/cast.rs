//! CAST and CONVERT, COLLATE.

use dsl::{CastType, Code, Literal, Name, Span};

use super::bind::{Binder, Failed};
use super::typed::Typed;

impl Binder<'_> {
    pub(super) fn cast(&mut self, _: &dsl::Expr, _: &CastType, span: Span) -> Result<Typed, Failed> {
        Err(self.error(Code::UNSUPPORTED_FUNCTION, "`CAST` is not supported yet".into(), span))
    }

    pub(super) fn convert_using(&mut self, _: &dsl::Expr, _: &Name, span: Span) -> Result<Typed, Failed> {
        Err(self.error(Code::UNSUPPORTED_FUNCTION, "`CONVERT` is not supported yet".into(), span))
    }

    pub(super) fn collate(&mut self, _: &dsl::Expr, _: &Name, span: Span) -> Result<Typed, Failed> {
        Err(self.error(Code::UNSUPPORTED_FUNCTION, "`COLLATE` is not supported yet".into(), span))
    }

    pub(super) fn to_binary(&mut self, _: &Typed, _: Option<u32>, span: Span) -> Result<Typed, Failed> {
        Err(self.error(Code::UNSUPPORTED_FUNCTION, "`BINARY` is not supported yet".into(), span))
    }

    pub(super) fn temporal_literal(&mut self, _: &Literal, _: &str, span: Span) -> Result<Typed, Failed> {
        Err(self.error(Code::UNSUPPORTED_FUNCTION, "temporal literals are not supported yet".into(), span))
    }
}

//! Names of columns: which column a name means, and what is said when it means none.

use datafusion::{common::Column, logical_expr::Expr};
use dsl::{Code, Name, Span};

use super::{
    bind::{Binder, Failed},
    cell::{Cell, Form},
    function::call_strict,
    relation::Relation,
    sql_type::Kind,
    temporal::datetime_of_timestamp,
    typed::{SourceColumn, Typed, Value},
};
use crate::{change::ColumnSet, schema::ColumnType};

impl Binder<'_> {
    /// Types a column.
    pub(super) fn column(&mut self, qualifier: Option<&Name>, name: &Name, span: Span) -> Result<Typed, Failed> {
        let scope = self.scope;
        if let Some(relation) = qualifier.and_then(|qualifier| scope.relation(&qualifier.text)) {
            return self.related(relation, name, span);
        }
        self.accept_qualifier(qualifier, name)?;
        if scope.is_of_change() {
            let message = format!("`{}` does not say whether it is before or after the change", name.text);
            let hint = format!("Write `before.{0}` or `after.{0}`.", name.text);
            return Err(self.error_with(Code::BARE_COLUMN_IN_WHEN, message, span, &hint));
        }
        let Some(column) = scope.column(&name.text) else {
            let source = format!("`{}`", scope.source);
            return Err(self.unknown(name, &source, scope.columns.iter().map(|column| column.name.as_str())));
        };
        let read = Expr::Column(Column::new_unqualified(&column.name));
        Ok(typed(&column.ty, column.nullable, read, [column.index].into_iter().collect(), span))
    }

    fn related(&mut self, relation: &Relation, name: &Name, span: Span) -> Result<Typed, Failed> {
        let Some(column) = relation.column(&name.text) else {
            let of = format!("`{}`", if self.scope.is_of_change() { self.scope.source.to_string() } else { relation.qualifier.clone() });
            return Err(self.unknown(name, &of, relation.columns.iter().map(|column| column.name.as_str())));
        };
        Ok(typed(&column.ty, true, column.read.clone(), column.reads.clone(), span))
    }

    fn accept_qualifier(&mut self, qualifier: Option<&Name>, name: &Name) -> Result<(), Failed> {
        let Some(qualifier) = qualifier.filter(|qualifier| !qualifier.text.eq_ignore_ascii_case(&self.scope.qualifier)) else {
            return Ok(());
        };
        if ["before", "after"].iter().any(|image| qualifier.text.eq_ignore_ascii_case(image)) {
            let message = format!("`{}.` names an image of a change, which only `WHEN` sees", qualifier.text);
            let hint = format!("Write `{}`, or put the condition into `WHEN`.", name.text);
            return Err(self.error_with(Code::IMAGE_OUTSIDE_WHEN, message, qualifier.span, &hint));
        }
        let message = format!("`{}` is neither the table's name nor its alias", qualifier.text);
        let hint = match self.scope.is_of_change() {
            true => format!("Write `before.{0}` or `after.{0}`.", name.text),
            false => format!("Write `{}.{}`.", self.scope.qualifier, name.text),
        };
        Err(self.error_with(Code::UNKNOWN_QUALIFIER, message, qualifier.span, &hint))
    }

    fn unknown<'n>(&mut self, name: &Name, of: &str, names: impl Iterator<Item = &'n str>) -> Failed {
        let message = format!("`{}` is not a column of {of}", name.text);
        match dsl::nearest(&name.text, names) {
            Some(near) => self.error_with(Code::UNKNOWN_COLUMN, message, name.span, &format!("Did you mean `{near}`?")),
            None => self.error(Code::UNKNOWN_COLUMN, message, name.span),
        }
    }
}

/// A column of that type, read from `read`.
fn typed(ty: &ColumnType, nullable: bool, read: Expr, columns: ColumnSet, span: Span) -> Typed {
    let value = match ty {
        ColumnType::Timestamp { .. } => call_strict("timestamp_to_datetime", Form::UInt, vec![read.clone()], |args| {
            Ok(Cell::UInt(datetime_of_timestamp(args[0].as_int() as i64)))
        }),
        _ => read.clone(),
    };
    Typed {
        kind: Kind::of_column(ty),
        nullable,
        fallible: false,
        constant: false,
        computed: false,
        column: Some(SourceColumn { ty: ty.clone(), read }),
        columns,
        value: Value::Native(value),
        span,
    }
}

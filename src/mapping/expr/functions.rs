//! Calls by name: from the catalogue to what binds them, or the reason why not.

use dsl::{Code, Name, Span, nearest};

use super::bind::{Binder, Failed};
use super::catalog::{self, Call, MANY, RefusalKind};
use super::foreign::in_mysql;
use super::typed::Typed;
use super::{flag_text, text};

/// What the parser makes of forms with words between their arguments.
const LOWERED_FORMS: &[(&str, Call)] = &[
    ("char_using", Call { least: 2, most: MANY, bind: flag_text::char_using }),
    ("trim_both", Call { least: 2, most: 2, bind: text::trim_both }),
    ("trim_leading", Call { least: 2, most: 2, bind: text::trim_leading }),
    ("trim_trailing", Call { least: 2, most: 2, bind: text::trim_trailing }),
];

fn find(name: &str) -> Option<Call> {
    let listed = catalog::functions().find(|function| function.names.contains(&name)).and_then(|function| function.call);
    listed.or_else(|| LOWERED_FORMS.iter().find(|(form, _)| *form == name).map(|(_, call)| *call))
}

impl Binder<'_> {
    /// Types a call.
    pub(super) fn call(&mut self, name: &Name, args: &[dsl::Expr], span: Span) -> Result<Typed, Failed> {
        let Some(call) = find(&name.text) else {
            let _ = self.bind_all(args);
            return Err(self.no_such_function(name));
        };
        let bound = self.bind_all(args);
        if args.len() < call.least || args.len() > call.most {
            return Err(self.wrong_count(&name.text, call, args.len(), span));
        }
        (call.bind)(self, &bound?, span)
    }

    fn wrong_count(&mut self, name: &str, call: Call, count: usize, span: Span) -> Failed {
        let wanted = match (call.least, call.most) {
            (1, 1) => "1 argument".to_owned(),
            (least, most) if least == most => format!("{least} arguments"),
            (least, MANY) => format!("{least} or more arguments"),
            (least, most) => format!("{least} to {most} arguments"),
        };
        self.error(Code::WRONG_ARGUMENT_COUNT, format!("`{name}` takes {wanted}, not {count}"), span)
    }

    fn no_such_function(&mut self, name: &Name) -> Failed {
        let text = name.text.as_str();
        if let Some(refused) = catalog::refused().find(|refused| refused.name == text) {
            let code = match refused.kind {
                RefusalKind::Changing => Code::NONDETERMINISTIC_FUNCTION,
                RefusalKind::Pending => Code::UNSUPPORTED_FUNCTION,
            };
            let message = format!("`{text}()` {}", refused.reason);
            return match refused.hint {
                Some(hint) => self.error_with(code, message, name.span, hint),
                None => self.error(code, message, name.span),
            };
        }
        let message = format!("`{text}` is not a function");
        if let Some(own) = in_mysql(text) {
            return self.error_with(Code::UNKNOWN_FUNCTION, message, name.span, &format!("MySQL has `{own}`."));
        }
        match nearest(text, catalog::function_names()) {
            Some(near) => self.error_with(Code::UNKNOWN_FUNCTION, message, name.span, &format!("Did you mean `{near}`?")),
            None => self.error(Code::UNKNOWN_FUNCTION, message, name.span),
        }
    }
}

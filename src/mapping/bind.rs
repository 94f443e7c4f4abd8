//! A mapping meets one table definition: names become columns, expressions get types, the route its parts.

use std::sync::Arc;

use dsl::{Code, Diagnostic, Expr, ExprKind, Name, Route, Severity, Source, Span, nearest};

use super::{
    Policies, Servers, atoms::atoms, event::BoundEvents, expr::Scope, formula::Formula, layout::TargetLayout, select, set::Declared,
};
use crate::schema::{Column, TableSchema};

/// A mapping bound to one table definition, not yet compiled.
#[derive(Debug, Clone)]
pub(super) struct BoundMapping {
    /// The mapping.
    pub(super) declared: Arc<Declared>,
    /// The names that its expressions were bound to.
    pub(super) scope: Scope,
    /// Its policies over the pipeline's.
    pub(super) policies: Policies,
    /// What its target rows hold.
    pub(super) layout: Arc<TargetLayout>,
    /// For each target column that is computed, what computes it.
    pub(super) items: Vec<Option<Formula>>,
    /// Whether `WHERE` is true; none where there is no `WHERE`.
    pub(super) filter: Option<Formula>,
    /// `FOR` and `WHEN`; none where the mapping is a view.
    pub(super) events: Option<BoundEvents>,
    /// `ROUTE TO`; none where rows keep their schema and table.
    pub(super) route: Option<BoundRoute>,
    /// The server where the route computes none.
    pub(super) default_server: Arc<str>,
}

/// `ROUTE TO`, its parts as text.
#[derive(Debug, Clone)]
pub(super) struct BoundRoute {
    /// The target schema.
    pub(super) schema: Formula,
    /// The target table; the source's where absent.
    pub(super) table: Option<Formula>,
    /// The server.
    pub(super) server: Option<Formula>,
    /// The largest integer expressions in the parts, where every column that the route reads is inside one: then the
    /// route is a function of their values.
    pub(super) atoms: Option<Vec<Formula>>,
}

impl BoundRoute {
    /// The parts with the words that messages use for them.
    pub(super) fn parts(&self) -> impl Iterator<Item = (&'static str, &Formula)> {
        let optional = [("table", self.table.as_ref()), ("server", self.server.as_ref())];
        [("schema", &self.schema)].into_iter().chain(optional.into_iter().filter_map(|(word, part)| Some((word, part?))))
    }
}

/// Binds; everything said about the mapping comes with it, and nothing is bound if one of it is an error.
pub(super) fn bind(
    declared: &Arc<Declared>,
    table: &Arc<TableSchema>,
    policies: &Policies,
    servers: &Servers,
) -> (Option<BoundMapping>, Vec<Diagnostic>) {
    let mut binder = Binder { tree: &declared.tree, table, scope: scope(declared, table), diagnostics: Vec::new() };
    let selected = select::expand(&mut binder);
    let key = select::key(&mut binder, &selected);
    binder.refuse_history();
    let filter = declared.tree.filter.as_ref().and_then(|filter| binder.formula(Formula::bind_condition, filter));
    let events = BoundEvents::bind(&mut binder);
    if let Some(events) = events.as_ref().filter(|_| key.is_empty()) {
        events.accept_keyless(&mut binder);
    }
    let route = declared.tree.route.as_ref().and_then(|route| binder.route(route, servers));
    let default_server = binder.default_server(servers);
    // Wrong options were reported when the mapping was parsed.
    let (policies, _) = policies.with_options(&declared.tree.options);
    let (diagnostics, scope) = (binder.diagnostics, binder.scope);
    let refused = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let Some(default_server) = default_server.filter(|_| !refused) else {
        return (None, diagnostics);
    };
    let (columns, items) = selected.into_iter().enumerate().map(|(index, item)| item.into_target(key.contains(&index))).unzip();
    let layout = Arc::new(TargetLayout { source: Arc::clone(table), columns, key });
    (
        Some(BoundMapping { declared: Arc::clone(declared), scope, policies, layout, items, filter, events, route, default_server }),
        diagnostics,
    )
}

/// The names that the mapping's expressions may use.
pub(super) fn scope(declared: &Declared, table: &TableSchema) -> Scope {
    Scope::of_table(table, alias(&declared.tree))
}

fn alias(tree: &dsl::Mapping) -> Option<&str> {
    match &tree.source {
        Source::Table { alias: Some(alias), .. } => Some(alias.text.as_str()),
        Source::Table { .. } | Source::Like(_) | Source::Regexp(_) => None,
    }
}

/// What binding knows and what it has found so far.
pub(super) struct Binder<'a> {
    pub(super) tree: &'a dsl::Mapping,
    pub(super) table: &'a TableSchema,
    scope: Scope,
    diagnostics: Vec<Diagnostic>,
}

impl Binder<'_> {
    /// Reports an error.
    pub(super) fn error(&mut self, code: Code, message: String, span: Span, hint: Option<String>) {
        self.diagnostics.push(Diagnostic { code, severity: Severity::Error, message, span, hint });
    }

    /// Refuses a table whose row events tell of its history too.
    fn refuse_history(&mut self) {
        if !self.table.columns.iter().any(Column::is_row_time) {
            return;
        }
        let span = match &self.tree.source {
            Source::Table { schema, table, .. } => schema.span.to(table.span),
            Source::Like(names) | Source::Regexp(names) => names.schema.span.to(names.table.span),
        };
        let message = format!("`{}` is system-versioned: its binlog holds history rows under the keys of present ones", self.table.name);
        self.error(Code::SYSTEM_VERSIONED, message, span, None);
    }

    /// Reports a column that the source table does not have.
    pub(super) fn unknown_column(&mut self, name: &Name, hint: Option<String>) {
        let message = format!("`{}` is not a column of `{}`", name.text, self.table.name);
        let meant = || nearest(&name.text, self.table.columns.iter().map(|column| column.name.as_str()));
        let hint = hint.or_else(|| meant().map(|column| format!("Did you mean `{column}`?")));
        self.error(Code::UNKNOWN_COLUMN, message, name.span, hint);
    }

    /// The source column that a bare or qualified name stands for; none if `tree` is anything else.
    pub(super) fn column(&self, tree: &Expr) -> Option<usize> {
        let ExprKind::Column { qualifier, name } = &tree.kind else { return None };
        let qualified = qualifier.as_ref().is_none_or(|qualifier| qualifier.text.eq_ignore_ascii_case(&self.scope.qualifier));
        self.table.column_index(&name.text).filter(|_| qualified)
    }

    /// Binds an expression in one of its roles; what is wrong with it is kept.
    pub(super) fn formula(&mut self, bind: fn(&Expr, &Scope) -> Result<Formula, Vec<Diagnostic>>, tree: &Expr) -> Option<Formula> {
        let bound = bind(tree, &self.scope);
        self.keep(bound)
    }

    /// Binds `WHEN`, which sees both images of a change.
    pub(super) fn when(&mut self, tree: &Expr) -> Option<Formula> {
        let scope = Scope::of_change(self.table, alias(self.tree));
        self.keep(Formula::bind_condition(tree, &scope))
    }

    fn keep(&mut self, bound: Result<Formula, Vec<Diagnostic>>) -> Option<Formula> {
        match bound {
            Ok(formula) => Some(formula),
            Err(found) => {
                self.diagnostics.extend(found);
                None
            }
        }
    }

    fn route(&mut self, route: &Route, servers: &Servers) -> Option<BoundRoute> {
        let schema = self.route_part("schema", &route.schema, servers);
        let table = route.table.as_ref().map(|tree| self.route_part("table", tree, servers));
        let server = route.server.as_ref().map(|tree| self.route_part("server", tree, servers));
        let trees = [Some(&route.schema), route.table.as_ref(), route.server.as_ref()];
        let atoms = atoms(trees.into_iter().flatten(), &self.scope);
        // An absent part is fine, a part that could not be bound is not.
        Some(BoundRoute {
            schema: schema?,
            table: table.map_or(Some(None), |part| part.map(Some))?,
            server: server.map_or(Some(None), |part| part.map(Some))?,
            atoms,
        })
    }

    fn route_part(&mut self, part: &str, tree: &Expr, servers: &Servers) -> Option<Formula> {
        if let ExprKind::Column { qualifier: None, name } = &tree.kind
            && self.table.column_index(&name.text).is_none()
        {
            let written = if part == "server" { format!("ON '{}'", name.text) } else { format!("'{}'", name.text) };
            self.unknown_column(name, Some(format!("A {part} name is text: `{written}`.")));
            return None;
        }
        let formula = self.formula(Formula::bind_text, tree)?;
        match formula.constant_text() {
            Some(None) => self.error(Code::NULLABLE_ROUTE, format!("the {part} is always NULL"), tree.span, None),
            Some(Some(name)) if part == "server" => self.configured(&name, tree.span, servers),
            Some(Some(name)) => {
                if let Some(problem) = select::name_problem(&name) {
                    self.error(Code::BAD_NAME, format!("the {part} {problem}"), tree.span, None);
                }
            }
            None => {}
        }
        Some(formula)
    }

    fn configured(&mut self, name: &str, span: Span, servers: &Servers) {
        if servers.find(name).is_none() {
            let hint = servers.nearest(name).map(|server| format!("Did you mean `{server}`?"));
            self.error(Code::UNKNOWN_SERVER, format!("`{name}` is no configured server"), span, hint);
        }
    }

    fn default_server(&mut self, servers: &Servers) -> Option<Arc<str>> {
        if self.tree.route.as_ref().is_some_and(|route| route.server.is_some()) {
            // Never used: the route names a server for every row.
            return Some(Arc::from(""));
        }
        let default = servers.default_server();
        if default.is_none() {
            let span = self.tree.route.as_ref().map_or(self.tree.name.span, |route| route.span);
            let message = format!("mapping `{}` names no server, and there are several", self.tree.name.text);
            self.error(
                Code::MISSING_SERVER,
                message,
                span,
                servers.example().map(|server| format!("Write `ON '{server}'` after `ROUTE TO`.")),
            );
        }
        default
    }
}

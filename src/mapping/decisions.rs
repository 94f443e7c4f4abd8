//! The expressions that decide where rows go: `WHERE`, and the integers that the route is a function of.

use arrow::{array::RecordBatch, datatypes::SchemaRef};

use super::{MappingError, bind::BoundMapping, formula::Compiled, shared::Shared};

/// `WHERE` and the route's atoms, compiled for one schema of batches.
#[derive(Debug)]
pub(super) struct Decisions {
    /// `WHERE`.
    pub(super) filter: Option<Compiled>,
    /// The atoms of the route, where it is a function of them.
    pub(super) atoms: Option<Vec<Compiled>>,
}

/// The decisions as written, and with what they have in common taken out.
#[derive(Debug)]
pub(super) struct TwoWays {
    plain: Decisions,
    quick: Option<(Shared, Decisions)>,
}

impl TwoWays {
    pub(super) fn compile(bound: &BoundMapping, input: &SchemaRef) -> Result<Self, MappingError> {
        let mut filter = bound.filter.as_ref().map(|filter| filter.logical().clone());
        let atoms = bound.route.as_ref().and_then(|route| route.atoms.as_ref());
        let mut atoms: Option<Vec<_>> = atoms.map(|atoms| atoms.iter().map(|atom| atom.logical().clone()).collect());
        let compile = |filter: &Option<_>, atoms: &Option<Vec<_>>, schema: &SchemaRef| {
            let filter = filter.as_ref().map(|filter| Compiled::new(filter, schema)).transpose()?;
            let compile_all = |atoms: &Vec<_>| atoms.iter().map(|atom| Compiled::new(atom, schema)).collect::<Result<_, _>>();
            Ok::<_, MappingError>(Decisions { filter, atoms: atoms.as_ref().map(compile_all).transpose()? })
        };
        let plain = compile(&filter, &atoms, input)?;
        let mut expressions: Vec<_> = filter.iter_mut().chain(atoms.iter_mut().flatten()).collect();
        let shared = Shared::take_out(&mut expressions, input)?;
        let quick = shared.map(|shared| compile(&filter, &atoms, shared.schema()).map(|decisions| (shared, decisions))).transpose()?;
        Ok(Self { plain, quick })
    }

    /// The way that goes for a batch, with the batch as that way reads it.
    pub(super) fn choose(&self, input: RecordBatch) -> (RecordBatch, &Decisions) {
        match self.quick.as_ref().and_then(|(shared, decisions)| Some((shared.extend(&input)?, decisions))) {
            Some(way) => way,
            None => (input, &self.plain),
        }
    }
}

//! The integers behind the routes of a batch's rows, as keys to look up.

use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch},
    buffer::{NullBuffer, ScalarBuffer},
    compute::cast,
    datatypes::{DataType, Int64Type, UInt64Type},
};
use datafusion::common::HashSet;

use super::{
    MappingError,
    formula::{Compiled, gather},
};

/// The atoms of some rows of a batch.
pub(super) struct AtomKeys {
    atoms: Vec<Atom>,
    /// Whether the atoms were evaluated for the asked rows only, so that they lie by position and not by row.
    by_position: bool,
    /// The indices at which an atom failed.
    failed: HashSet<u32>,
    /// Whether no atom is NULL or failed.
    is_plain: bool,
}

/// The values of one atom: the bits of its integers.
struct Atom {
    bits: ScalarBuffer<u64>,
    nulls: Option<NullBuffer>,
}

impl AtomKeys {
    pub(super) fn evaluate(atoms: &[Compiled], batch: &RecordBatch, rows: &[u32]) -> Result<Self, MappingError> {
        // Computing an integer too many is cheaper than gathering its row, up to some number of them.
        if rows.len() >= batch.num_rows() / 4
            && let Some(arrays) = atoms.iter().map(|atom| atom.try_evaluate(batch)).collect::<Option<Vec<_>>>()
        {
            let atoms = arrays.iter().map(Atom::of).collect::<Result<Vec<_>, _>>()?;
            let is_plain = atoms.iter().all(|atom| atom.nulls.is_none());
            return Ok(Self { atoms, by_position: false, failed: HashSet::new(), is_plain });
        }
        let asked = gather(batch, rows)?;
        let mut failed = HashSet::new();
        let mut evaluated = Vec::with_capacity(atoms.len());
        for atom in atoms {
            let values = atom.evaluate(&asked)?;
            failed.extend(values.failures.iter().map(|(row, _)| *row));
            evaluated.push(Atom::of(&values.array)?);
        }
        let is_plain = failed.is_empty() && evaluated.iter().all(|atom| atom.nulls.is_none());
        Ok(Self { atoms: evaluated, by_position: true, failed, is_plain })
    }

    /// The key of a row as two numbers, where it has no more than two atoms and none of them is NULL in any row.
    #[inline]
    pub(super) fn pair(&self, position: usize, row: u32) -> Option<[u64; 2]> {
        let index = if self.by_position { position } else { row as usize };
        match self.atoms.as_slice() {
            _ if !self.is_plain => None,
            [only] => Some([only.bits[index], 0]),
            [first, second] => Some([first.bits[index], second.bits[index]]),
            _ => None,
        }
    }

    /// Writes the key of a row, given by its position among the asked rows and its number; false if an atom failed.
    #[inline]
    pub(super) fn write(&self, position: usize, row: u32, key: &mut Vec<u8>) -> bool {
        let index = if self.by_position { position } else { row as usize };
        if !self.failed.is_empty() && self.failed.contains(&(index as u32)) {
            return false;
        }
        key.clear();
        for atom in &self.atoms {
            match &atom.nulls {
                Some(nulls) if nulls.is_null(index) => key.push(1),
                Some(_) | None => {
                    key.push(0);
                    key.extend_from_slice(&atom.bits[index].to_le_bytes());
                }
            }
        }
        true
    }
}

impl Atom {
    fn of(array: &ArrayRef) -> Result<Self, MappingError> {
        let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0).cloned();
        let bits = match array.data_type() {
            DataType::Int64 => ScalarBuffer::<u64>::from(array.as_primitive::<Int64Type>().values().inner().clone()),
            DataType::UInt64 => array.as_primitive::<UInt64Type>().values().clone(),
            // Narrow integers and conditions; none of them fails to widen.
            _ => return Self::of(&cast(array, &DataType::Int64)?),
        };
        Ok(Self { bits, nulls })
    }
}

use varde_base::{Random, SeededRandom};

/// Choices made from one seed. One per family and one per citizen, so that what one draws never moves another.
#[derive(Debug, Clone)]
pub(crate) struct Dice(SeededRandom);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }

    /// Dice for one part of the work; `kind` keeps families, citizens and providers with the same number apart.
    pub(crate) fn fork(&self, kind: u64, number: u64) -> Self {
        Self(self.0.fork(kind).fork(number))
    }

    /// A number in `low..=high`; `low` when the range is empty.
    pub(crate) fn between(&mut self, low: i32, high: i32) -> i32 {
        let width = i64::from(high) - i64::from(low) + 1;
        let step = self.0.below(u64::try_from(width).unwrap_or(0));
        i32::try_from(i64::from(low) + i64::try_from(step).unwrap_or(0)).unwrap_or(low)
    }

    /// A number in `0..bound`; 0 when `bound` is 0.
    pub(crate) fn index(&mut self, bound: usize) -> usize {
        usize::try_from(self.0.below(bound as u64)).unwrap_or(0)
    }

    /// True in `percent` of a hundred throws.
    pub(crate) fn chance(&mut self, percent: i32) -> bool {
        self.between(0, 99) < percent
    }

    /// One of the list; the default value when the list is empty.
    pub(crate) fn pick<T: Copy + Default>(&mut self, list: &[T]) -> T {
        list.get(self.index(list.len())).copied().unwrap_or_default()
    }
}

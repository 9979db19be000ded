//! Tests of the crate as others see it, in one binary. `cfg(test)` tells the lints that helpers are tests as well.

#[cfg(test)]
mod coverage;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod extract;
#[cfg(test)]
mod json;
#[cfg(test)]
mod patch;
#[cfg(test)]
mod patient;
#[cfg(test)]
mod prepare;
#[cfg(test)]
mod search;
#[cfg(test)]
mod shared;
#[cfg(test)]
mod validate;

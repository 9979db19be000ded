//! Writes a country to standard output: `cargo run -p varde-population --example country -- 500 1`.

use std::io::{self, BufWriter};

use jiff::civil::date;
use varde_population::{Plan, ndjson};

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let size = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(500);
    let seed = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let plan = Plan { size, seed, today: date(2026, 3, 16) };
    ndjson(&plan, BufWriter::new(io::stdout().lock())).map(|_| ())
}

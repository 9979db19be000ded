//! The same on a PostgreSQL server: what its store commits by itself, and what the program answers and commits with it.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use varde_base::SystemClock;
use varde_bench::serving::Serving;
use varde_bench::{bare, memory_mib};
use varde_rights::RuleBook;
use varde_store::Place;

use super::{READS, Sizes, import, own_rate, rate, target, written};

/// Fills the empty database at `address` and measures, one after the other: the store alone, reads beside the bare handler, transactions.
pub(super) async fn measure(program: &Path, address: &str, sizes: &Sizes) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let Ok(place) = address.parse::<Place>();
    anyhow::ensure!(matches!(place, Place::Server(_)), "--postgres is the address of a database on a server");
    let store = place.open(Arc::new(SystemClock), RuleBook::national()?).await?;
    anyhow::ensure!(store.stats().await?.resources.is_empty(), "the database of --postgres is not empty");
    store.close().await?;
    let imported = import(program, folder.path(), OsStr::new(address), sizes)?;
    let own_rate = own_rate(place.open(Arc::new(SystemClock), RuleBook::national()?).await?, sizes).await?;
    let serving = Serving::start(program, folder.path(), Some(address), false).await?;
    println!("\n| PostgreSQL, {} connections | bare, a second | logged, a second | of bare |", sizes.connections);
    println!("|---|---|---|---|");
    for (kind, what, ..) in READS {
        let path = target("", kind, sizes).paths.into_iter().next().unwrap_or_default();
        let body = bare::body(&serving.address, &path, varde_bench::serving::TOKEN).await?;
        let bare = rate(&bare::Bare::start(&body).await?.address, "bare", sizes).await?;
        let ours = rate(&serving.address, kind, sizes).await?;
        println!("| {what} | {bare:.0} | {ours:.0} | {:.2} |", ours / bare);
    }
    let posted = rate(&serving.address, "tx", sizes).await?;
    written("PostgreSQL", own_rate, posted, &imported, sizes);
    println!("\nMost memory of the program beside PostgreSQL: {} MiB.", memory_mib(serving.pid()?).0);
    serving.stop().await
}

#![expect(clippy::print_stdout, reason = "a build tool speaks on standard output")]
//! Build tasks.
mod tidy;
fn main() -> anyhow::Result<()> {
    let found = tidy::check(std::path::Path::new("."))?;
    for violation in &found {
        println!("{violation}");
    }
    Ok(())
}

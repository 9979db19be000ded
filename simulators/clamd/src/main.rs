//! The virus scanner as a program: `varde-simulator-clamd [PORT]`.

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).map(|arg| arg.parse::<u16>()).transpose()?.unwrap_or(0);
    varde_simulator_clamd::run(port, false).await?;
    Ok(())
}

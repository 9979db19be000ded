//! The SMS gateway as a program: `varde-simulator-sms [PORT]`.

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).map(|arg| arg.parse::<u16>()).transpose()?.unwrap_or(0);
    varde_simulator_sms::run(port, false).await?;
    Ok(())
}

//! The test identity provider as a program: `varde-simulator-idp CONFIG.json`.

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: varde-simulator-idp CONFIG.json")?;
    let config = serde_json::from_slice(&std::fs::read(path)?)?;
    varde_simulator_idp::run(config).await?;
    Ok(())
}

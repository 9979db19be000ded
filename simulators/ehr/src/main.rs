//! The record systems as a program: `varde-simulator-ehr CONFIG.json`.

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: varde-simulator-ehr CONFIG.json")?;
    let config = serde_json::from_slice(&std::fs::read(path)?)?;
    varde_simulator_ehr::run(config).await?;
    Ok(())
}

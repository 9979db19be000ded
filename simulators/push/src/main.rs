//! The push service as a program: `varde-simulator-push [PORT]`.

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).map(|arg| arg.parse::<u16>()).transpose()?.unwrap_or(0);
    varde_simulator_push::run(port, false).await?;
    Ok(())
}

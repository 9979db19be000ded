//! The mail catcher as a program: `varde-simulator-mail [SMTP_PORT [HTTP_PORT]]`.

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut ports = std::env::args().skip(1).map(|arg| arg.parse::<u16>());
    let smtp_port = ports.next().transpose()?.unwrap_or(0);
    let http_port = ports.next().transpose()?.unwrap_or(0);
    varde_simulator_mail::run(varde_simulator_mail::Config { smtp_port, http_port, stop_with_stdin: false }).await?;
    Ok(())
}

//! The listening socket: limits on time and number of connections that no handler can forget, and a clean stop.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

/// Most connections at once; the next ones wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 4_096;

/// How long a client may take to send the head of a request. A connection that waits for its next request is closed by it too.
const HEADER_TIMEOUT: Duration = Duration::from_secs(20);

/// How long requests in progress may go on after the order to stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// A pause after a failed accept, so that a machine out of file descriptors does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves `router` until `stop` completes, then lets requests in progress finish.
pub(crate) async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_buf_size(64 << 10);
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    // Told to all connections when the program stops; when none listens any more, all are closed.
    let (closing, closes) = watch::channel(false);
    let mut stop = std::pin::pin!(stop);
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        // Small answers must not wait for the client's acknowledgement (RFC 896 and delayed ACK).
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        let service = TowerToHyperService::new(router.clone());
        let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
        let mut closes = closes.clone();
        tokio::spawn(async move {
            let mut connection = std::pin::pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                _ = closes.changed() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            // A client that goes away in the middle is no error of ours.
            if let Err(error) = ended {
                tracing::debug!(%error, "connection ended");
            }
            drop((place, closes));
        });
    }
    drop(listener);
    drop(closes);
    // Nobody listening means that there is no connection.
    let _ = closing.send(true);
    if tokio::time::timeout(STOP_TIMEOUT, closing.closed()).await.is_err() {
        tracing::warn!("some requests were still in progress when the program stopped");
    }
}

/// Completes on Ctrl-C or SIGTERM.
pub(crate) async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

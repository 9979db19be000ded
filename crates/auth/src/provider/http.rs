//! Our HTTP client in the shape the library wants: no redirects, limits on time and size.

use std::time::Duration;

use futures_util::future::BoxFuture;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

/// Largest answer taken from the provider.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// The client. The connections it keeps are shared.
pub(super) struct Http(reqwest::Client);

impl Http {
    /// A client whose single requests end after `timeout`.
    pub(super) fn new(timeout: Duration) -> Result<Self, SendError> {
        let client = reqwest::Client::builder()
            .timeout(timeout)
            // Following redirects would let a provider lead us anywhere (openidconnect's own advice against SSRF).
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| SendError)?;
        Ok(Self(client))
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = SendError;
    type Future = BoxFuture<'c, Result<HttpResponse, SendError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let request = reqwest::Request::try_from(request).map_err(|_| SendError)?;
            let answer = self.0.execute(request).await.map_err(|_| SendError)?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            // The library takes a 502 with a page of HTML for a refusal; it is a provider that is away.
            if status.is_server_error() || status == reqwest::StatusCode::TOO_MANY_REQUESTS {
                return Err(SendError);
            }
            let mut response = HttpResponse::new(limited(answer).await?);
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        })
    }
}

/// The provider could not be reached, has trouble of its own, or says too much.
#[derive(Debug, thiserror::Error)]
#[error("no usable answer")]
pub(super) struct SendError;

async fn limited(mut answer: reqwest::Response) -> Result<Vec<u8>, SendError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| SendError)? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(SendError);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

//! Signatures alone: the layer, and the same by hand.

use std::convert::Infallible;
use std::future::ready;
use std::hint::black_box;

use bvnk_auth::{Body, Credentials, HawkLayer};
use bytes::Bytes;
use futures_util::FutureExt;
use http::header::CONTENT_TYPE;
use http::{Request, Response};
use reqwest::Url;
use tower::{Layer, Service, service_fn};

use crate::signer::Signer;
use crate::{ID, KEY, PATH, Result};

/// Signs one request.
pub type Sign = Box<dyn FnMut()>;

/// Returns a signature by [`HawkLayer`] that can be made `rounds` times, of a request that is
/// made beforehand: clock, nonce, MAC and header, and the service's own cost. With a payload,
/// that is hashed too.
///
/// # Errors
///
/// When the credentials or the request are refused.
pub fn by_layer(payload: Option<Bytes>, rounds: usize) -> Result<Sign> {
    let hawk = HawkLayer::new(Credentials::new(ID, KEY)?).payload_hash(payload.is_some());
    let answer = |_: Request<Body>| ready(Ok::<_, Infallible>(Response::new(Body::default())));
    let mut service = hawk.layer(service_fn(answer));
    let url: Url = format!("https://api.sandbox.bvnk.com{PATH}").parse()?;
    let mut request = Request::post(url.as_str())
        .header(CONTENT_TYPE, "application/json")
        .body(Body::new(payload.unwrap_or_default()))?;
    request.extensions_mut().insert(url);
    let mut requests = vec![request; rounds];
    Ok(Box::new(move || {
        if let Some(request) = requests.pop() {
            black_box(service.call(request).now_or_never());
        }
    }))
}

/// Returns a signature by [`Signer`], without a payload.
///
/// # Errors
///
/// When the URL is invalid.
pub fn by_hand() -> Result<Sign> {
    let signer = Signer::default();
    let url: Url = format!("https://api.sandbox.bvnk.com{PATH}").parse()?;
    Ok(Box::new(move || drop(black_box(signer.sign("POST", &url)))))
}
